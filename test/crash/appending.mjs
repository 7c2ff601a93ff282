import { writeSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { files, lmdb } from "holdfast/state";
import { numberedBatch } from "./numbered-batches.mjs";

/*
 * A process that appends until it is killed: appending.mjs KIND FOLDER FIRST WINDOW
 *
 *   stdout:  "open", then the number of each batch as soon as it is acknowledged; written before anything else happens, so
 *            that what was acknowledged was told, though it is killed in the next instant
 */
const [kind, folder, first, window] = process.argv.slice(2);
const stores = {
  files: () => files(folder, { segmentBytes: 8192, checkpointBytes: 16_384 }),
  lmdb: () => lmdb(folder),
};
const clock = {
  flows: true,
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

const store = await stores[kind]().open({ clock, tell: () => {} });
writeSync(1, "open\n");
let next = Number(first);
await Promise.all(Array.from({ length: Number(window) }, keepAppending));

async function keepAppending() {
  for (;;) {
    const number = next++;
    await store.append(numberedBatch(number));
    writeSync(1, `${number}\n`);
  }
}
