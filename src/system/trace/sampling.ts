import type { Chance } from "../../clock.js";

/** A part of a gap, in which nothing is looked at: a small integer, which costs least to count down. */
const PART = 64;

/** Where so many pass in a millisecond they are taken in rows: */
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
 *
 * How much passes is looked at after each part of a gap, and each row: a gap is drawn for rows of the length that it leads to,
 * and one that is not over is drawn anew when that changes, which leaves the chance of each as it was.
 */
export class Sampling {
  readonly #ratio: number;
  readonly #chance: Chance;
  readonly #now: () => number;
  /** Of the part, or in a row of the one that is next. */
  #left = 0;
  /** Of the gap, after this part. */
  #rest = 0;
  /** Of the row that is being taken. */
  #more = 0;
  /** How long the next row is. */
  #row = 1;
  /** Passed since this was looked at last, and when that was, ms. */
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
    return --this.#left <= 0 && this.#over();
  }

  /** A part is, or one of a row. @returns whether this one is taken */
  #over(): boolean {
    if (this.#more === 0) {
      if (this.#rest > 0) {
        if (this.#look()) this.#draw();
        else this.#goOn();
        return false;
      }
      this.#more = this.#row;
      this.#passed += this.#row - 1;
    }
    if (--this.#more > 0) this.#left = 1;
    else {
      this.#look();
      this.#draw();
    }
    return true;
  }

  /** @returns whether rows have another length from now on */
  #look(): boolean {
    if (this.#passed < PART || this.#ratio >= 1) return false;
    const now = this.#now();
    const perMs = this.#passed / (now - this.#at);
    const row = perMs < MANY_PER_MS ? 1 : Math.min(LONGEST_ROW, Math.round(perMs * ROW_MS));
    const changed = row !== this.#row;
    this.#row = row;
    this.#passed = 0;
    this.#at = now;
    return changed;
  }

  #draw(): void {
    this.#rest = this.#gap();
    this.#goOn();
  }

  #goOn(): void {
    this.#left = Math.min(this.#rest, PART);
    this.#rest -= this.#left;
    this.#passed += this.#left;
  }

  /** Of a geometric distribution: 1, if the next one is taken. */
  #gap(): number {
    if (this.#ratio >= 1) return 1;
    if (this.#ratio <= 0) return Number.POSITIVE_INFINITY;
    const begins = this.#ratio / (this.#ratio + this.#row * (1 - this.#ratio));
    return 1 + Math.floor(Math.log(1 - this.#chance()) / Math.log1p(-begins));
  }
}
