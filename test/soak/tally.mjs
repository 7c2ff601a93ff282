import { closeSync, openSync, readSync, truncateSync, writeSync } from "node:fs";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

/*
 * What was really run, counted where it survives whoever counts: in shared memory for threads, in a file for processes.
 *
 *   first 4 bytes for each sender: the number of its last message that began for the first time
 *   then one byte for each message: how often it began
 */

const SHARED = "holdfast soak tally";
const SENDERS = 64;
const HEADER = 4 * SENDERS;

/** Makes the shared one; threads that start from now on find it. @param {number} messages @returns how often each began */
export function shareTally(messages) {
  const bytes = new SharedArrayBuffer(HEADER + messages);
  setEnvironmentData(SHARED, bytes);
  return new Uint8Array(bytes, HEADER);
}

/** @param {string} file @param {number} messages @returns reads how often each began */
export function makeTallyFile(file, messages) {
  const size = HEADER + messages;
  closeSync(openSync(file, "w", 0o600));
  truncateSync(file, size);
  return () => {
    const bytes = new Uint8Array(size);
    const open = openSync(file, "r");
    readSync(open, bytes, 0, size, 0);
    closeSync(open);
    return bytes.subarray(HEADER);
  };
}

/**
 * @param {string | undefined} file in a process
 * @returns `began(id)`: how often it had begun before. `last(sender, n)`: the last first beginning of that sender; now it is n
 */
export function tallyOf(file) {
  return file === undefined ? sharedTally() : fileTally(openSync(file, "r+"));
}

function sharedTally() {
  const bytes = getEnvironmentData(SHARED);
  const runs = new Uint8Array(bytes, HEADER);
  const lasts = new Int32Array(bytes, 0, SENDERS);
  return {
    began: (id) => Atomics.add(runs, id, 1),
    last: (sender, n) => Atomics.exchange(lasts, sender, n),
  };
}

function fileTally(open) {
  const bytes = Buffer.alloc(4);
  return {
    began(id) {
      readSync(open, bytes, 0, 1, HEADER + id);
      const before = bytes[0];
      bytes[0] = before + 1;
      writeSync(open, bytes, 0, 1, HEADER + id);
      return before;
    },
    last(sender, n) {
      readSync(open, bytes, 0, 4, 4 * sender);
      const before = bytes.readInt32LE();
      bytes.writeInt32LE(n);
      writeSync(open, bytes, 0, 4, 4 * sender);
      return before;
    },
  };
}
