import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A build that has not ended within this is a leftover of a killed run. */
const STALE_MS = 120_000;

const lock = "node_modules/.holdfast-build.lock";

/**
 * Builds before any test: tests import the package by its own name, and what a Worker loads is not transformed by the
 * test runner. The build is incremental, so it writes nothing when nothing changed, and two runs at once take turns.
 */
export default async function build(): Promise<void> {
  await take();
  try {
    execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
  } finally {
    rmSync(lock, { force: true });
  }
}

async function take(): Promise<void> {
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      return;
    } catch {
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > STALE_MS) rmSync(lock, { force: true });
      await sleep(50);
    }
  }
}
