// npm run otp -- --count 100000 --seed 1: plays generated supervision scenarios on Erlang/OTP and on ours, and compares.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
process.chdir(here("../.."));
// Below the package, so that "holdfast" is found as its users find it.
const outfile = here(`dist/${process.pid}.mjs`);
await build({
  entryPoints: [here("differential/main.ts")],
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["holdfast", "holdfast/*"],
  outfile,
  logLevel: "warning",
});
process.once("exit", () => rmSync(outfile, { force: true }));
await import(outfile);
