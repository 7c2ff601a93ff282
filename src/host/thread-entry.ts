import { getEnvironmentData, type MessagePort, threadId } from "node:worker_threads";
import { monotonicNow, realClock } from "../clock.js";
import { Batch } from "../transport/batch.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { insteadOfUnsent } from "../transport/unsendable.js";
import { CellRunner } from "./cell-runner.js";
import { writeControl } from "./control-block.js";
import { SOON } from "./soon.js";

/** How long a dying thread stands still after its last words: a core is free for its successor's start. */
const LINGER_MS = 60;

// Its task is on the way for 2 ms, and the first thing it brings is this module. If it cannot be imported, boot says so.
const soon = getEnvironmentData(SOON);
if (typeof soon === "string") setImmediate(() => void import(soon).catch(() => {}));

export interface ThreadTask {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
}

/**
 * The one long task of a worker thread: a cell that talks over its own port until it is shut. The trap for uncaught
 * errors reports through the port at once (0.2-0.4 ms; Node's own 'error' event takes 2), stands still while its
 * successor starts, and then ends the thread.
 */
export function runCell({ port, control }: ThreadTask): Promise<never> {
  return new Promise(() => {
    const out = new Batch<ToParent>(
      (frames) => port.postMessage(frames),
      (frame, error) => {
        const instead = insteadOfUnsent(frame, error);
        if (!instead) throw error;
        port.postMessage([instead]);
      },
    );
    const runner = new CellRunner({
      control: writeControl(control),
      clock: realClock,
      sharesMemory: false,
      send: (frame) => out.push(frame),
      flush: () => out.flush(),
      load: (module) => import(module),
      idle: () => void import("./rehearse.js").then(({ rehearse }) => rehearse()),
      end: () => {
        out.flush();
        port.close();
        // Not by returning: Piscina would give this thread, with the module state of this cell, to the next one.
        process.exit(0);
      },
    });
    const trap = (error: unknown) => {
      out.push({ t: "fault", error: encodeError(error), at: monotonicNow() });
      out.flush();
      // Taking a V8 heap down is 1-2 ms of work on the core where the words just woke the parent: it would hear them late.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LINGER_MS);
      process.exit(1);
    };
    process.on("uncaughtException", trap);
    process.on("unhandledRejection", trap);
    port.on("message", (frames: ToHost[]) => {
      for (const frame of frames) runner.receive(frame);
    });
    out.push({ t: "hello", name: `thread ${threadId}`, thread: threadId });
  });
}
