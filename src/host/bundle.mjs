import { readFile, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Part of `npm run build`: the modules that every worker thread and forked process loads first, each as one file in the
 * place where tsc has put its own: what a host runs, and the package's door, which an actor's module imports. A cold
 * start loads 3 files instead of 30, 8 ms of some 35.
 *
 * The copies share no state: what must be recognised by all of them (errors, refs, the construction of actors) is kept
 * under Symbol.for. What the door loads only when a system starts stays outside, as tsc left it; so do the errors, whose
 * class a program may well compare.
 */
const src = fileURLToPath(new URL("../", import.meta.url));
const later = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, importer }) => {
      if (kind !== "dynamic-import" && !path.endsWith("/errors.js")) return undefined;
      return { path: `./${relative(src, resolve(dirname(importer), path))}`, external: true };
    });
  },
};

const shared = {
  outdir: fileURLToPath(new URL("../../dist/", import.meta.url)),
  outbase: src,
  bundle: true,
  // An optional peer: taken in, it is never missing, and has the version of the day of this build.
  external: ["@opentelemetry/api"],
  format: "esm",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  logLevel: "warning",
  write: false,
};
const hosts = ["host/thread-entry.ts", "host/fork-entry.ts"].map((name) => resolve(src, name));
const built = await Promise.all([
  build({ ...shared, entryPoints: hosts }),
  build({ ...shared, entryPoints: [resolve(src, "index.ts")], plugins: [later] }),
]);

for (const file of built.flatMap(({ outputFiles }) => outputFiles)) {
  const there = await readFile(file.path).catch(() => undefined);
  if (!there?.equals(file.contents)) await writeFile(file.path, file.contents);
}
