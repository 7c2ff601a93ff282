import type { Clock, Timer } from "../clock.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";

interface Due {
  readonly at: number;
  /** Timers of one moment fire in the order they were made, as Node's do. */
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until a test moves it: hand it to `system(tree, { clock })`, or to any unit that takes a Clock.
 * Deadlines, back-off, idle sweeps and limits then happen when the test says so; what crosses to a thread or a process
 * keeps real time.
 * @example
 * const clock = new VirtualClock();
 * const app = await system(tree, { clock });
 * const late = app.refs.digits.with({ timeout: "2s" }).ask.classify(pixels);
 * await clock.advance(2000);
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #wallStart: number;
  readonly #began: number;
  readonly #due = new Set<Due>();
  #count = 0;

  /**
   * @param now first reading of the monotonic clock, ms
   * @param wallTime milliseconds since 1970 at that moment
   */
  constructor(now = 0, wallTime = 0) {
    this.#now = now;
    this.#began = now;
    this.#wallStart = wallTime;
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#wallStart + (this.#now - this.#began);
  }

  after(ms: number, callback: () => void): Timer {
    const due: Due = { at: this.#now + Math.max(0, ms), order: ++this.#count, callback };
    // What is never due does not keep time from standing still.
    if (due.at < Number.POSITIVE_INFINITY) this.#due.add(due);
    return { cancel: () => this.#due.delete(due) };
  }

  /** Timers that have not fired and were not cancelled. */
  get pending(): number {
    return this.#due.size;
  }

  /** When the next timer is due, on this clock; undefined where there is none. */
  get nextAt(): number | undefined {
    return this.#next(Number.POSITIVE_INFINITY)?.at;
  }

  /**
   * Moves time on, firing what is due on the way, each at its own moment, those made on the way included. Resolves when
   * the promises that the callbacks settled have been heard (one turn of the event loop after each).
   * @throws HoldfastError InvalidSpec for what is no duration, or has no end: time does not run backwards
   */
  async advance(by: Duration): Promise<void> {
    const until = this.#now + advanceMs(by);
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#due.delete(next);
      this.#now = next.at;
      next.callback();
      await turn();
    }
    this.#now = until;
    await turn();
  }

  #next(until: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (due.at > until) continue;
      if (!first || due.at < first.at || (due.at === first.at && due.order < first.order)) first = due;
    }
    return first;
  }
}

/** How far to move time on, ms. @throws HoldfastError InvalidSpec */
export function advanceMs(by: Duration): number {
  const ms = milliseconds(by, "advance()");
  if (ms < Number.POSITIVE_INFINITY) return ms;
  throw new HoldfastError("InvalidSpec", `advance() is ${ms}: give a duration that ends`, {
    details: { field: "advance()" },
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
