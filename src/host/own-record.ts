import { BEGUN, entryWord, FINISHED, STOP_WORD, sinceFloat } from "./control-block.js";
import { type FlightRing, KIND } from "./flight-ring.js";

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
 * What one incarnation writes in such a block, of messages that are most often over when their handler returns: each is one
 * event, which is begun first and told as settled by one more store.
 *
 *   take ─▶ event, since, begun, and a look at stop ─▶ handler ─▶ over ─▶ event as settled, finished
 */
export class OwnRecord {
  readonly #ring: FlightRing;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;
  readonly #since: number;
  readonly #begun: number;
  readonly #finished: number;
  readonly #actor: number;
  readonly #incarnation: number;
  /** The event of the message that runs. */
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
    this.#number = this.#ring.event(TAKEN, method, now, this.#actor, this.#incarnation, seq);
    this.#floats[this.#since] = now;
    this.#ints[this.#begun] = seq;
    return this.#ints[STOP] === 0;
  }

  /** It has ended well. */
  over(method: number, seq: number): void {
    this.#ring.ended(this.#number, method, this.#actor, this.#incarnation, seq);
    this.#ints[this.#finished] = seq;
  }
}

/** This module's own: what another one exports is looked up anew each time. */
const TAKEN = KIND.taken;
const STOP = STOP_WORD;
