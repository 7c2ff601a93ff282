import { BEGUN, entryWord, FINISHED, STOP_WORD, sinceFloat } from "./control-block.js";
import { type FlightRing, KIND } from "./flight-ring.js";

/**
 * The control block of a host in the parent's own thread, written for messages that are most often over when their handler
 * returns: each is one event, which is begun first and told as settled by one more store.
 *
 *   take ─▶ event, since, begun, and a look at stop ─▶ handler ─▶ over ─▶ event as settled, finished
 */
export class OwnRecord {
  readonly #ring: FlightRing;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;

  /** @param ring the recorder in the same buffer */
  constructor(buffer: ArrayBuffer, ring: FlightRing) {
    this.#ring = ring;
    this.#ints = new Int32Array(buffer);
    this.#floats = new Float64Array(buffer);
  }

  /**
   * A message is taken, and begins.
   * @param method its place among the class's methods, from 1
   * @param now monotonic ms
   * @returns false when the host is condemned: it must not run
   */
  take(entry: number, method: number, now: number, actor: number, incarnation: number, seq: number): boolean {
    this.#ring.event(KIND.taken, method, now, actor, incarnation, seq);
    this.#floats[sinceFloat(entry)] = now;
    this.#ints[entryWord(entry) + BEGUN] = seq;
    return this.#ints[STOP_WORD] === 0;
  }

  /** It has ended well. */
  over(entry: number, method: number, actor: number, incarnation: number, seq: number): void {
    this.#ring.ended(method, actor, incarnation, seq);
    this.#ints[entryWord(entry) + FINISHED] = seq;
  }
}
