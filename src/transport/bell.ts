/*
 * When to look at a ring, and when to be told. A kernel wake-up costs 15-50 us, a look one turn of the event loop (1-2 us):
 *
 *   activity ─▶ look once a turn, up to `budget` turns ─▶ found: the budget is MOST_TURNS again, begin anew
 *                                                      └▶ not: the budget is halved; asleep; the writer rings the bell
 *
 * Where looking never finds (handlers of a millisecond), it soon costs a few turns per burst. Nothing looks when nothing is
 * expected; on one core nobody does: the other side cannot write meanwhile (one-core.ts).
 */

/** About 100 us of looking: what a wake-up costs, so that looking in vain at most doubles it. */
const MOST_TURNS = 64;

/** It keeps trying: by what it finds it learns that a core has become free. */
const FEWEST_TURNS = 4;

/** Decides how long one reader looks by itself. */
export class Looking {
  readonly #most: number;
  readonly #fewest: number;
  #budget: number;
  #left = 0;

  /** @param cores with one, the other thread cannot write while this one looks */
  constructor(cores: number) {
    this.#most = cores > 1 ? MOST_TURNS : 0;
    this.#fewest = cores > 1 ? FEWEST_TURNS : 0;
    this.#budget = this.#most;
  }

  /** Looking found something not long ago: the other side runs at the same time, so the sooner it is told the better. */
  get pays(): boolean {
    return this.#budget > this.#fewest;
  }

  /** Something was sent or came: more is to be expected. @returns whether to look */
  begin(): boolean {
    this.#left = this.#budget;
    return this.#left > 0;
  }

  /** A look found something. */
  found(): void {
    this.#budget = this.#most;
  }

  /** A look found nothing. @returns whether to look again; else sleep */
  missed(): boolean {
    if (--this.#left > 0) return true;
    this.#budget = Math.max(this.#fewest, this.#budget >> 1);
    return false;
  }
}
