import { openSync, writeSync } from "node:fs";
import { monotonicNow, realClock } from "../clock.js";
import { Batch } from "../transport/batch.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { insteadOfUnsent } from "../transport/unsendable.js";
import { CellRunner } from "./cell-runner.js";
import { writeControlFile } from "./control-block.js";

/*
 * The main module of a forked child. Its argument is the path of its control file. It ignores Ctrl-C, because the
 * parent drains first and then shuts it; it leaves when the parent is gone.
 */

const controlFile = openSync(process.argv[2]!, "r+");
const out = new Batch<ToParent>(
  (frames) => process.send?.(frames),
  (frame, error) => {
    const instead = insteadOfUnsent(frame, error);
    if (!instead) throw error;
    process.send?.([instead]);
  },
);

const runner = new CellRunner({
  control: writeControlFile((bytes, offset) => writeSync(controlFile, bytes, 0, bytes.length, offset)),
  clock: realClock,
  sharesMemory: false,
  send: (frame) => out.push(frame),
  flush: () => out.flush(),
  load: (module) => import(module),
  idle: () => void import("./rehearse.js").then(({ rehearse }) => rehearse()),
  end: () => {
    out.flush();
    process.disconnect();
    process.exit(0);
  },
});

function trap(error: unknown): void {
  const last: ToParent = { t: "fault", error: encodeError(error), at: monotonicNow() };
  out.flush();
  // Until the pipe is flushed the loop turns: nothing may begin any more.
  runner.fence();
  // The pipe must be flushed before the exit, or the last words are lost.
  process.send?.([last], () => process.exit(1));
}

process.on("uncaughtException", trap);
process.on("unhandledRejection", trap);
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (frames: ToHost[]) => {
  for (const frame of frames) runner.receive(frame);
});
out.push({ t: "hello", name: `pid ${process.pid}`, thread: 0 });
