import { spawnSync } from "node:child_process";
import { benchFolder, missingPeers } from "./installed.mjs";

/**
 * Installs what the benches compare with, if it is not there: once, into bench/node_modules.
 *
 * @throws {Error} with what to do, when npm cannot
 */
export function installPeers() {
  const missing = missingPeers();
  if (missing.length === 0) return;
  process.stderr.write(`installing the peers (${missing.join(", ")}) into bench/node_modules, once …\n`);
  const args = ["ci", "--prefix", benchFolder, "--no-audit", "--no-fund", "--loglevel", "error"];
  const { status, error, stderr } = spawnSync("npm", args, {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split("\n").slice(0, 3).join("; ");
  throw new Error(
    `the peers could not be installed: ${reason}\n` +
      "The first run needs the package registry. Where there is a network, type: npm ci --prefix bench",
  );
}
