import { fstatSync, openSync, readSync, writeSync } from "node:fs";
import { monotonicNow, realClock } from "../clock.js";
import { tensorsOf } from "../transport/lease.js";
import { PortLink } from "../transport/port-link.js";
import { SpoolReader, SpoolWriter } from "../transport/spool.js";
import { SpooledArrays } from "../transport/spool-link.js";
import { writeControlFile } from "./control-file.js";
import { hostedCell } from "./hosted-cell.js";
import { watchParent } from "./parent-watch.js";
import { spoolFile } from "./spool-files.js";

/*
 * The main module of a forked child. Its arguments are the path of its control file, and how many bytes of large arrays may
 * lie in each of the two files that it has open as 5 and 6; 0: there are none. It ignores Ctrl-C, because the
 * parent drains first and then shuts it; it leaves when the parent is gone.
 */

/** A process that waits for its work, a spare, has the time to begin watching its parent before it is needed. */
const WATCH_WHEN_IDLE_MS = 50;

const controlFile = openSync(process.argv[2]!, "r+");
const spoolBytes = Number(process.argv[3]);
const receive = hostedCell({
  control: writeControlFile(
    {
      write: (bytes, from, length, offset) => writeSync(controlFile, bytes, from, length, offset),
      read: (bytes, from, length, offset) => readSync(controlFile, bytes, from, length, offset),
      now: monotonicNow,
    },
    fstatSync(controlFile).size,
  ),
  name: `pid ${process.pid}`,
  thread: 0,
  arrays: spoolBytes > 0 ? ownSpools(spoolBytes) : { pack: (frame) => frame, unpack: (frame) => frame, unsend() {} },
  tensor: tensorsOf(undefined),
  link: (own) =>
    new PortLink({ ...own, port: { post: (frames) => void process.send?.(frames), take: () => undefined } }),
  leave() {
    process.disconnect();
    process.exit(0);
  },
  die(lastWords, runner) {
    // Until the pipe is flushed the loop turns: nothing may begin any more.
    runner.fence();
    // The pipe must be flushed before the exit, or the last words are lost.
    process.send?.([lastWords], () => process.exit(1));
  },
});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
let watching = false;
const watch = () => {
  if (watching) return;
  watching = true;
  watchParent();
};
setTimeout(watch, WATCH_WHEN_IDLE_MS).unref();
process.on("message", (message) => {
  // Before any code of an actor is loaded or run: it might not come back.
  watch();
  receive(message);
});

function ownSpools(bytes: number): SpooledArrays {
  return new SpooledArrays(new SpoolWriter(spoolFile(6), bytes, realClock), new SpoolReader(spoolFile(5)));
}
