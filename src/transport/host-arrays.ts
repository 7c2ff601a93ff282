import type { Clock } from "../clock.js";
import type { ToHost, ToParent } from "./frames.js";
import { Lent } from "./lent.js";
import type { Slab } from "./slab.js";
import { Incoming, Outgoing } from "./slab-link.js";

/** The parent's end of the large arrays that go to and come from one host. */
export class HostArrays {
  readonly lent = new Lent();
  readonly #out: Outgoing;
  readonly #in: Incoming;

  constructor(slab: Slab, clock: Clock) {
    this.#out = new Outgoing(slab, true);
    this.#in = new Incoming(clock, true);
  }

  /** The frame packed last brings memory along: it must be cloned, no codec can carry it. */
  get bringsMemory(): boolean {
    return this.#out.bringsMemory;
  }

  /** A frame as it crosses. */
  pack(frame: ToHost): ToHost {
    const packed = this.#out.pack(frame);
    if (frame.t === "call" && this.#out.lent.length > 0) this.lent.add(frame, this.#out.lent);
    return packed;
  }

  /** A frame as it was sent. */
  unpack(frame: ToParent): ToParent {
    this.lent.heard(frame);
    return this.#in.unpack(frame);
  }

  /** An answer that came without a frame. */
  answered(actor: number, incarnation: number, seq: number): void {
    this.lent.answered(actor, incarnation, seq);
  }

  /** It could not be sent. */
  unsend(frame: ToHost): void {
    this.#out.unsend(frame);
    if (frame.t === "call") this.lent.unsent(frame);
  }

  /** The host has really exited: only now may what it was using be used anew. */
  gone(): void {
    this.lent.all();
    this.#out.end();
    this.#in.end();
  }
}
