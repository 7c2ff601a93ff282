import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";
import { peerVersions } from "../peers/installed.mjs";

/**
 * Where and with what the figures were measured: without it a figure means nothing.
 *
 * @param {{ rounds: number }} facts
 */
export function metaOf({ rounds }) {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    peers: peerVersions(),
    commit: commit(),
    rounds,
    date: new Date().toISOString(),
  };
}

/** The commit, marked when the code that was measured is not what the commit holds. */
function commit() {
  const git = (...args) =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const changed = git("status", "--porcelain", "--", ":/src", ":/bench") !== "";
    return git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
  } catch {
    return "no git";
  }
}

/** @param {ReturnType<typeof metaOf>} meta */
export function metaText(meta) {
  const peers = Object.entries(meta.peers).map(([name, version]) => `${name} ${version}`);
  return [
    `${meta.cpu}, ${meta.cores} cores, ${meta.memoryGB} GB, ${meta.platform}, node ${meta.node}`,
    `${peers.join(", ")}; commit ${meta.commit}; ${meta.rounds} rounds; ${meta.date}`,
  ].join("\n");
}
