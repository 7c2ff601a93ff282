/** Runs shorter than this are short: as long as it takes to ring a bell and wake somebody, twice over. */
const SHORT_MS = 0.1;

/** Short runs in a row that make a method known as short. */
const KNOWN_AFTER = 3;

/**
 * Which methods are known to be short. The answer to one message lies ready while the next one runs: before a method that
 * may be long it must have been told of, before a short one that can wait for the end of the turn.
 *
 * A run lasts from its begin to the next begin of the same turn: no clock is read for it. What a method does after its
 * first await is no part of it; until then the turn has ended, and everything was told.
 */
export class ShortRuns {
  readonly #inARow = new Map<string, number>();
  #method: string | undefined;
  #at = 0;
  readonly #turnOver = () => {
    this.#method = undefined;
  };

  /** The method begins now (monotonic ms). @returns whether it is known to be short */
  begins(method: string, now: number): boolean {
    if (this.#method === undefined) queueMicrotask(this.#turnOver);
    else {
      const short = now - this.#at < SHORT_MS;
      this.#inARow.set(this.#method, short ? (this.#inARow.get(this.#method) ?? 0) + 1 : 0);
    }
    this.#method = method;
    this.#at = now;
    return (this.#inARow.get(method) ?? 0) >= KNOWN_AFTER;
  }
}
