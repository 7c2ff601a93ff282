import type { Chance } from "../../clock.js";

/** A gap is counted in parts of so many at most: a small integer, which costs least to count down. */
const LONGEST = 2 ** 30 - 1;

/** Where so many pass in a millisecond, on average since the last row, they are taken in rows: */
const MANY_PER_MS = 10;
/** as many as pass in this time, ms, */
const ROW_MS = 0.8;
/** and no more than this. */
const LONGEST_ROW = 64;

/**
 * Takes a share of what passes. Chance is asked how many pass until the next one, not for each:
 *
 *   ratio 0.25   · · · ╳ · · · · · ╳ ╳ · · ╳      the gaps are as if each had been drawn for
 *
 * Above 10,000 a second they are taken eight in a row, above 80,000 sixty-four, with gaps that are as much longer: the share is
 * the same, and so is the chance of each. What only one in a hundred needs has left the processor's caches by the time of the
 * next one, and a span takes four times as long as those of a row do.
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
    const perMs = this.#passed / (now - this.#at);
    this.#size = perMs < MANY_PER_MS ? 1 : Math.min(LONGEST_ROW, Math.round(perMs * ROW_MS));
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
