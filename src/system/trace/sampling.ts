import type { Chance } from "../../clock.js";

/** A gap is counted in parts of so many at most: a small integer, which costs least to count down. */
const LONGEST = 2 ** 30 - 1;

/** So many are taken in a row where much passes, */
const ROW = 8;
/** which is, on average since the last row, one in less than this, ms. */
const MUCH_MS = 0.1;

/**
 * Takes a share of what passes. Chance is asked how many pass until the next one, not for each:
 *
 *   ratio 0.25   · · · ╳ · · · · · ╳ ╳ · · ╳      the gaps are as if each had been drawn for
 *
 * Above 10,000 a second they are taken eight in a row, with gaps that are as much longer: the share is the same, and so is the
 * chance of each. What only one in a hundred needs has left the processor's caches by the time of the next one, and a span
 * takes four times as long as those of a row do.
 */
export class Sampling {
  readonly #ratio: number;
  readonly #chance: Chance;
  readonly #now: () => number;
  #left = 1;
  /** What is left leads to one that is taken, not to another part of the same gap. */
  #whole = false;
  /** Of the row that is being taken, or was last. */
  #size = 1;
  /** Of that, not taken yet. */
  #more = 0;
  /** Passed since a row was begun, and when that was, ms. */
  #passed = 0;
  #at: number;

  /**
   * @param ratio 0 to 1
   * @param now   monotonic ms
   */
  constructor(ratio: number, chance: Chance, now: () => number) {
    this.#ratio = ratio;
    this.#chance = chance;
    this.#now = now;
    this.#at = now();
    this.#draw();
  }

  /** One passes. @returns whether it is taken */
  takes(): boolean {
    return --this.#left <= 0 && this.#drawn();
  }

  /** @returns whether the gap that is over was a whole one */
  #drawn(): boolean {
    const taken = this.#whole;
    if (taken && this.#more === 0) this.#begin();
    if (taken && --this.#more > 0) this.#left = 1;
    else this.#draw();
    return taken;
  }

  /** A row is. */
  #begin(): void {
    const now = this.#now();
    this.#size = now - this.#at < this.#passed * MUCH_MS ? ROW : 1;
    this.#more = this.#size;
    this.#at = now;
    this.#passed = this.#size - 1;
  }

  #draw(): void {
    const gap = this.#gap();
    this.#whole = gap <= LONGEST;
    this.#left = this.#whole ? gap : LONGEST;
    this.#passed += this.#left;
  }

  /** Of a geometric distribution: 1, if the next one is taken. */
  #gap(): number {
    if (this.#ratio >= 1) return 1;
    if (this.#ratio <= 0) return Number.POSITIVE_INFINITY;
    const begins = this.#ratio / (this.#ratio + this.#size * (1 - this.#ratio));
    return 1 + Math.floor(Math.log(1 - this.#chance()) / Math.log1p(-begins));
  }
}
