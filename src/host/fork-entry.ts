import { fstatSync, openSync, readSync, writeSync } from "node:fs";
import { monotonicNow } from "../clock.js";
import { tensorsOf } from "../transport/lease.js";
import { PortLink } from "../transport/port-link.js";
import { writeControlFile } from "./control-file.js";
import { hostedCell } from "./hosted-cell.js";

/*
 * The main module of a forked child. Its argument is the path of its control file. It ignores Ctrl-C, because the
 * parent drains first and then shuts it; it leaves when the parent is gone.
 */

const controlFile = openSync(process.argv[2]!, "r+");
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
  slab: undefined,
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
process.on("message", receive);
