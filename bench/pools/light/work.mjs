import { closeSync, openSync, writeSync } from "node:fs";

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** The slow member takes so many times as long as the others. */
const SLOWER = 10;

/**
 * The work of every contender's threads. It waits, and its thread with it: as where a device does the work and the thread that
 * called it stands still, so that more members than cores make sense.
 *
 * @param {{ slow?: string, log?: string } | undefined} how  slow: a file that the one slow member makes; log: a file that tells
 *   of each run
 */
export function openWork(how) {
  const factor = how?.slow !== undefined && isFirst(how.slow) ? SLOWER : 1;
  const log = how?.log === undefined ? undefined : openSync(how.log, "a");
  const line = new Uint32Array(1);
  return {
    /** @param {{ id: number, ms: number }} job */
    work({ id, ms }) {
      Atomics.wait(nobody, 0, 0, ms * factor);
      if (log !== undefined) {
        line[0] = id;
        writeSync(log, line);
      }
      return id;
    },
    close() {
      if (log !== undefined) closeSync(log);
    },
  };
}

/** Whoever makes the file is it. */
function isFirst(file) {
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}
