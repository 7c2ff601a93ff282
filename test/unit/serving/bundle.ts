import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * A module of src as one JavaScript file, for a real thread or process, which no test runner transforms for us.
 * @param code  the program; imports from "src/…" are ours
 * @param where a folder from which packages resolve, or do not
 */
export async function bundle(
  code: string,
  where: string,
  platform: "node" | "browser" = "node",
): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(where, "holdfast-"));
  const path = join(folder, "program.mjs");
  await build({
    stdin: { contents: code, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform,
    packages: platform === "node" ? "external" : "bundle",
    outfile: path,
    logLevel: "silent",
  });
  return { path, remove: () => rm(folder, { recursive: true }) };
}
