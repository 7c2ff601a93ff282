import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Builds the addon `name`.c in this folder, in a folder of its own.
 * @returns {{ file: string, remove(): void } | undefined} undefined where there is no compiler, or not what it needs
 */
export function buildAddon(name) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-addon-"));
  const file = join(folder, `${name}.node`);
  const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-Werror", "-o", file, source], { stdio: "ignore" });
  } catch {
    // no compiler here
  }
  if (existsSync(file)) return { file, remove };
  remove();
  return undefined;
}
