import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const script = new URL("./out-of-files.mjs", import.meta.url).pathname;

/** Open files a program may have: its own, the first process's, and a few. */
const LIMIT = 64;

describe.skipIf(process.platform !== "linux")("a process that cannot be started for lack of open files", () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 8, 12])("is a failed start, and one later succeeds: %d left", async (left) => {
    const command = `ulimit -n ${LIMIT}; exec "$0" "$@"`;
    const { stdout } = await run("/bin/sh", ["-c", command, process.execPath, script, String(left)]);
    const { answer, more } = JSON.parse(stdout) as { answer: string; more: number };
    expect(answer).toBe("back");
    // Some twenty starts have failed. Node itself keeps a pair of sockets of the first spawn that failed halfway.
    expect(more).toBeLessThanOrEqual(2);
  });
});
