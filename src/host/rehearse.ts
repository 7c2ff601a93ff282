import { Actor } from "../actor/actor.js";
import { realClock } from "../clock.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToParent } from "../transport/frames.js";
import { firstAt } from "./actor-number.js";
import { CellRunner } from "./cell-runner.js";
import { controlBytes } from "./control-block.js";
import { writeControl } from "./control-writer.js";
import { callFor } from "./own-errors.js";

class Rehearsal extends Actor {
  nothing(): void {}
}

const nobody = { actor: firstAt(0), incarnation: 1 };
const path = "rehearsal";

/**
 * Lives an actor's life once, with nobody listening: load, start, one message, an error. A spare does it while it waits.
 * V8 compiles a function when it first runs, and a spare's first runs would be the very restart that a caller waits for:
 * half of its 1.2 ms.
 */
export async function rehearse(): Promise<void> {
  let heard: (frame: ToParent) => void = () => {};
  const runner = new CellRunner({
    control: writeControl(new ArrayBuffer(controlBytes(1))),
    clock: realClock,
    sharesMemory: false,
    callFor,
    send: (frame) => heard(frame),
    flush: () => {},
    load: async () => ({ Rehearsal }),
    end: () => {},
  });
  const until = (t: ToParent["t"]) =>
    new Promise<void>((resolve) => {
      heard = (frame) => {
        if (frame.t === t) resolve();
      };
    });
  const booted = until("booted");
  runner.receive({ t: "boot", module: path, exportName: undefined, props: { value: undefined, special: false }, path });
  await booted;
  const done = until("done");
  runner.receive({ t: "start", ...nobody, above: "", name: "", key: undefined, props: undefined, state: undefined });
  const args = { value: [], special: false };
  runner.receive({ t: "call", ...nobody, seq: 1, method: "nothing", args, left: 1000, snapshot: false, again: false });
  await done;
  runner.fence();
  encodeError(new Error(path));
}
