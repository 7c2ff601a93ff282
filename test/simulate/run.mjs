import { mkdirSync, rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/* Bundles the simulation with the source it simulates, and runs it: no build before it, no two copies of anything. */

const folder = "node_modules/.cache/holdfast-simulate";
const out = `${folder}/${process.pid}.mjs`;
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: ["test/simulate/main.ts"],
  outfile: out,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "error",
});
try {
  await import(pathToFileURL(out).href);
} finally {
  rmSync(out);
}
