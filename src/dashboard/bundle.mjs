import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
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

const { outputFiles } = await build({
  entryPoints: [
    { in: path("main.ts"), out: "page" },
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
  loader: { ".html": "copy", ".svg": "copy" },
  logLevel: "warning",
  write: false,
});

await mkdir(to, { recursive: true });
const made = new Set(outputFiles.map((file) => basename(file.path)));
for (const name of await readdir(to)) if (!made.has(name)) await rm(new URL(name, to), { force: true });
for (const file of outputFiles) {
  const there = await readFile(file.path).catch(() => undefined);
  if (!there?.equals(file.contents)) await writeFile(file.path, file.contents);
}
