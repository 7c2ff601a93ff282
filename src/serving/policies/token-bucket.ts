/**
 * A budget for extra work, as a part of the work there is: each call earns a part of a token, each extra one costs a whole.
 * At most `held` are kept, so that quiet times save up no storm.
 */
export class TokenBucket {
  readonly #part: number;
  readonly #held: number;
  #tokens: number;

  /** @param part of the calls that may be made once more, in the long run: 0.02 for 2 % */
  constructor(part: number, held: number, begins = held) {
    this.#part = part;
    this.#held = held;
    this.#tokens = begins;
  }

  earn(): void {
    this.#tokens = Math.min(this.#held, this.#tokens + this.#part);
  }

  /** Half of what it may keep is there. */
  get halfFull(): boolean {
    return this.#tokens >= this.#held / 2;
  }

  get has(): boolean {
    // A hundred hundredths are a little less than one.
    return this.#tokens >= 1 - 1e-9;
  }

  /** @returns whether there was one */
  take(): boolean {
    if (!this.has) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }
}
