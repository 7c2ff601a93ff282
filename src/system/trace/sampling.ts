import type { Chance } from "../../clock.js";

/** A gap is counted in parts of so many at most: a small integer, which costs least to count down. */
const LONGEST = 2 ** 30 - 1;

/**
 * Takes a share of what passes. Chance is asked how many pass until the next one, not for each:
 *
 *   ratio 0.25   · · · ╳ · · · · · ╳ ╳ · · ╳      the gaps are as if each had been drawn for
 */
export class Sampling {
  readonly #ratio: number;
  readonly #chance: Chance;
  #left = 1;
  /** What is left leads to one that is taken, not to another part of the same gap. */
  #whole = false;

  /** @param ratio 0 to 1 */
  constructor(ratio: number, chance: Chance) {
    this.#ratio = ratio;
    this.#chance = chance;
    this.#drawn();
  }

  /** One passes. @returns whether it is taken */
  takes(): boolean {
    return --this.#left <= 0 && this.#drawn();
  }

  /** @returns whether the gap that is over was a whole one */
  #drawn(): boolean {
    const before = this.#whole;
    const gap = this.#gap();
    this.#whole = gap <= LONGEST;
    this.#left = this.#whole ? gap : LONGEST;
    return before;
  }

  /** Of a geometric distribution: 1, if the next one is taken. */
  #gap(): number {
    if (this.#ratio >= 1) return 1;
    if (this.#ratio <= 0) return Number.POSITIVE_INFINITY;
    return 1 + Math.floor(Math.log(1 - this.#chance()) / Math.log1p(-this.#ratio));
  }
}
