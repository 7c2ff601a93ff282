import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the benches: its package.json names the peers. */
export const benchFolder = join(import.meta.dirname, "..");

const read = (...path) => JSON.parse(readFileSync(join(benchFolder, ...path), "utf8"));

/** Peers by name with the version that is installed, or undefined. @returns {Record<string, string | undefined>} */
export function peerVersions() {
  const names = Object.keys(read("package.json").dependencies);
  return Object.fromEntries(
    names.map((name) => {
      const path = ["node_modules", name, "package.json"];
      return [name, existsSync(join(benchFolder, ...path)) ? read(...path).version : undefined];
    }),
  );
}

/** Peers whose installed version is not the one of the lock file. @returns {string[]} */
export function missingPeers() {
  const { packages } = read("package-lock.json");
  return Object.entries(peerVersions())
    .filter(([name, version]) => version !== packages[`node_modules/${name}`]?.version)
    .map(([name]) => name);
}
