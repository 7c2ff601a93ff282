import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { until } from "./until.js";

const file = new URL("./orphan.mjs", import.meta.url).pathname;

/** One that was ended and is not reaped is no process any more. */
function runs(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return false;
  try {
    return readFileSync(stat, "utf8").split(") ")[1]?.[0] !== "Z";
  } catch {
    return false;
  }
}

describe("a forked actor in an endless loop", () => {
  it.each(["exit", "throw", "SIGKILL"])("ends with its program, which ends by %s", async (how) => {
    const program = spawn(process.execPath, [file, how], { stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(program, "exit");
    const [said] = await once(program.stdout, "data");
    const pid = Number(said);
    expect(pid).toBeGreaterThan(1);
    try {
      await ended;
      await until(() => !runs(pid), "the forked process has ended");
    } finally {
      if (runs(pid)) process.kill(pid, "SIGKILL");
    }
  });
});
