import { Actor } from "../actor/actor.js";
import { monotonicNow, realClock } from "../clock.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import type { LinkEnds } from "../transport/link.js";
import { RING_BYTES } from "../transport/ring.js";
import { RingLink } from "../transport/ring-link.js";
import { Incoming, Outgoing } from "../transport/slab-link.js";
import { firstAt } from "./actor-number.js";
import { CellRunner } from "./cell-runner.js";
import { controlBytes } from "./control-block.js";
import { writeControl } from "./control-writer.js";
import { callFor } from "./own-errors.js";

class Rehearsal extends Actor {
  nothing(): void {}
}

const path = "rehearsal";

/** From its second life on V8 knows what the code meets; ten take some 2 ms of a spare that has nothing to do. */
const ROUNDS = 10;

/**
 * Lives an actor's life a few times, with nobody listening: load, start, a message over a pair of rings, an error. A spare
 * does it while it waits. V8 compiles a function when it first runs, and a spare's first runs would be the very restart
 * that a caller waits for: half of its time.
 *
 *   parent's end ─▶ start, by the port ─▶ host's end ─▶ runner ─▶ started, by the ring ─▶ parent's end
 *                └▶ call, with it ───────▶                     └▶ done, by the ring ────▶
 */
export async function rehearse(): Promise<void> {
  let heard: (frame: ToParent) => void = () => {};
  const until = (t: ToParent["t"]) =>
    new Promise<void>((resolve) => {
      heard = (frame) => {
        if (frame.t === t) resolve();
      };
    });
  const rings = { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
  // With one core nobody looks by himself: each bell is heard, and there is nothing to end.
  const loop = { cores: 1, later: () => {}, after: () => {} };
  const unsent = (_: unknown, error: unknown) => {
    throw error;
  };
  const incoming = new Incoming(realClock, false);
  const outgoing = new Outgoing(undefined, false);
  const toHost = new RehearsalPort((message) => hostEnd.heard(message));
  const toParent = new RehearsalPort((message) => parentEnd.heard(message));
  const parentEnds: LinkEnds<ToHost, ToParent> = {
    port: toHost,
    open: (frame) => frame,
    onFrame: (frame) => heard(frame),
    unsent,
  };
  const hostEnds: LinkEnds<ToParent, ToHost> = {
    port: toParent,
    open: (frame) => incoming.unpack(frame),
    onFrame: (frame) => runner.receive(frame),
    onTurn: () => runner.turn(),
    unsent,
  };
  const parentEnd = new RingLink("parent", rings, loop, parentEnds);
  const hostEnd = new RingLink("host", rings, loop, hostEnds);
  const runner = new CellRunner({
    control: writeControl(new SharedArrayBuffer(controlBytes(1))),
    clock: realClock,
    sharesMemory: false,
    callFor,
    memory: () => ({ heap: 0, external: 0, resident: 0 }),
    send: (frame) => hostEnd.send(outgoing.pack(frame)),
    answer: (actor, incarnation, seq, result) => hostEnd.answer(actor, incarnation, seq, result),
    flush: (patient) => hostEnd.flush(patient),
    load: async () => ({ Rehearsal }),
    end: () => {},
  });
  const booted = until("booted");
  parentEnd.send({ t: "boot", module: path, exportName: undefined, props: { value: undefined, special: false }, path });
  await booted;
  for (let incarnation = 1; incarnation <= ROUNDS; incarnation++) {
    const done = until("done");
    const whom = { actor: firstAt(0), incarnation };
    parentEnd.send({ t: "start", ...whom, above: "", name: "", key: undefined, props: undefined, state: undefined });
    const args = { value: [path, 1], special: false } as const;
    const call = { seq: 1, method: "nothing", args, expires: Number.POSITIVE_INFINITY, snapshot: false, again: true };
    parentEnd.send({ t: "call", ...whom, ...call });
    await done;
  }
  runner.fence();
  // Most errors that nobody catches come from a timer. V8 looks up the places of Node's own frames when a stack with them is
  // first read: the parent would hear of the death 50 us later.
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      hostEnd.send({ t: "fault", error: encodeError(new Error(path)), at: monotonicNow(), from: undefined });
      hostEnd.flush();
      resolve();
    });
  });
}

/** A port to this very thread: what is posted comes in the next microtask. */
class RehearsalPort {
  readonly #heard: (message: unknown) => void;

  constructor(heard: (message: unknown) => void) {
    this.#heard = heard;
  }

  post(message: unknown): void {
    queueMicrotask(() => this.#heard(message));
  }

  take(): undefined {
    return undefined;
  }
}
