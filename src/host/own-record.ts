import { BEGUN, entryWord, FINISHED, STOP_WORD, sinceFloat } from "./control-block.js";
import { type FlightRing, KIND, type Unwritten } from "./flight-ring.js";

/** The control block of a host in the parent's own thread. */
export class OwnBlock {
  readonly ring: FlightRing;
  readonly ints: Int32Array;
  readonly floats: Float64Array;

  /** @param ring the recorder in the same buffer */
  constructor(buffer: ArrayBuffer, ring: FlightRing) {
    this.ring = ring;
    this.ints = new Int32Array(buffer);
    this.floats = new Float64Array(buffer);
  }
}

/**
 * What one incarnation writes in such a block, of messages that are most often over when their handler returns. Nobody can
 * look in between but by the block's reader, or by writing an event: until then those that follow each other at the same
 * stamp are written nowhere, and then all in one event.
 *
 *   take ─▶ handler ─▶ over ─▶ take ─▶ handler ─▶ over ─▶ …            two fields each
 *                │                                        └─ another stamp, method or actor ─▶ ┐
 *                └─ a note, another event, a reader ─▶ write: event of all that ran, event of the one that runs,
 *                                                             since, begun, finished
 */
export class OwnRecord implements Unwritten {
  readonly #ring: FlightRing;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;
  readonly #since: number;
  readonly #begun: number;
  readonly #finished: number;
  readonly #actor: number;
  readonly #incarnation: number;
  #method = 0;
  #now = 0;
  /** The first that is not written. */
  #first = 0;
  /** The last that was taken. */
  #last = 0;
  #runs = false;
  /** The event of the message that runs, where it is written. */
  #number = 0;

  /** @param entry its first in the block */
  constructor({ ring, ints, floats }: OwnBlock, entry: number, actor: number, incarnation: number) {
    this.#ring = ring;
    this.#ints = ints;
    this.#floats = floats;
    this.#since = sinceFloat(entry);
    this.#begun = entryWord(entry) + BEGUN;
    this.#finished = entryWord(entry) + FINISHED;
    this.#actor = actor;
    this.#incarnation = incarnation;
  }

  /**
   * A message is taken, and begins.
   * @param method its place among the class's methods, from 1
   * @param now monotonic ms
   * @returns false when the host is condemned: it must not run
   */
  take(method: number, now: number, seq: number): boolean {
    const follows = this.#ring.unwritten === this && seq === this.#last + 1;
    if (!follows || now !== this.#now || method !== this.#method) this.#open(method, now, seq);
    this.#last = seq;
    this.#runs = true;
    return this.#ints[STOP] === 0;
  }

  /** It has ended well. */
  over(method: number, seq: number): void {
    this.#runs = false;
    if (this.#ring.unwritten === this) return;
    this.#ring.ended(this.#number, method, this.#actor, this.#incarnation, seq);
    this.#ints[this.#finished] = seq;
  }

  write(): void {
    const [actor, incarnation] = [this.#actor, this.#incarnation];
    const over = this.#runs ? this.#last - 1 : this.#last;
    if (over >= this.#first) {
      this.#ring.event(RAN, this.#method, this.#now, actor, incarnation, over, over - this.#first);
      this.#ints[this.#finished] = over;
    }
    if (this.#runs) this.#number = this.#ring.event(TAKEN, this.#method, this.#now, actor, incarnation, this.#last);
    this.#floats[this.#since] = this.#now;
    this.#ints[this.#begun] = this.#last;
  }

  #open(method: number, now: number, seq: number): void {
    this.#ring.settle();
    this.#method = method;
    this.#now = now;
    this.#first = seq;
    this.#ring.unwritten = this;
  }
}

/** This module's own: what another one exports is looked up anew each time. */
const { taken: TAKEN, ran: RAN } = KIND;
const STOP = STOP_WORD;
