import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * The second half of `npm run build`: makes dist/dashboard/page/ from the sources beside this file, with the client
 * that browsers use. tsc has checked the same sources and left a module for each there; what ships is what the page
 * loads, so those go. A file is written only when it changed: nothing that serves it sees half of one.
 */
const from = new URL("./page/", import.meta.url);
const to = new URL("../../dist/dashboard/page/", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, from));

const { outputFiles, metafile } = await build({
  entryPoints: [
    { in: path("main.tsx"), out: "page" },
    { in: path("capture.ts"), out: "capture" },
    { in: path("page.css"), out: "page" },
    { in: path("index.html"), out: "index" },
    { in: path("icon.svg"), out: "icon" },
  ],
  outdir: fileURLToPath(to),
  bundle: true,
  format: "esm",
  platform: "browser",
  target: ["chrome109", "firefox115", "safari16.4"],
  minify: true,
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".html": "copy", ".svg": "copy" },
  logLevel: "warning",
  write: false,
  metafile: true,
});

const licences = {
  path: fileURLToPath(new URL("licences.txt", to)),
  contents: Buffer.from(await licencesOf(metafile)),
};
const files = [...outputFiles, licences];
await mkdir(to, { recursive: true });
const made = new Set(files.map((file) => basename(file.path)));
for (const name of await readdir(to))
  if (!made.has(name)) await rm(new URL(name, to), { recursive: true, force: true });
for (const file of files) {
  const there = await readFile(file.path).catch(() => undefined);
  if (!there?.equals(file.contents)) await writeFile(file.path, file.contents);
}

/** What others have written of the page, and on which terms: their licences ask to be shipped with it. */
async function licencesOf({ inputs }) {
  const roots = new Set(Object.keys(inputs).flatMap((name) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name) ?? []));
  const texts = [...roots].sort().map(async (root) => {
    const { name, version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} is part of the page and has no licence in ${root}`);
    return `${name} ${version}\n\n${await readFile(join(root, file), "utf8")}`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}
