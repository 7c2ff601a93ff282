import { type MessagePort, threadId } from "node:worker_threads";
import { monotonicNow } from "../clock.js";
import { Batch } from "../transport/batch.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { insteadOfUnsent } from "../transport/unsendable.js";
import { CellRunner } from "./cell-runner.js";
import { writeControl } from "./control-block.js";

export interface ThreadTask {
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
}

/**
 * The one long task of a worker thread: a cell that talks over its own port until it is shut. The trap for uncaught
 * errors reports through the port at once (about 0.6 ms; Node's own 'error' event takes 2) and then ends the thread.
 */
export function runCell({ port, control }: ThreadTask): Promise<void> {
  return new Promise((resolve) => {
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
      send: (frame) => out.push(frame),
      load: (module) => import(module),
      end: () => {
        out.flush();
        port.close();
        resolve();
      },
    });
    const trap = (error: unknown) => {
      out.push({ t: "fault", error: encodeError(error), at: monotonicNow() });
      out.flush();
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
