import type { Clock } from "../../clock.js";

/** Of a queue, so many marks are kept for each doubling of its length: an age is known to a sixteenth. */
const MARKS = 16;

/**
 * When what waits has come: messages carry no time of their own. Those that have to wait are counted, and now and then the
 * clock is read; how long the first of them has waited follows from how many came after it.
 *
 *   came:  1 2 3 4 … 100   marks: (1, t₁) (2, t₂) … (97, t)    90 wait ─▶ the 11th is the first ─▶ its mark
 */
export class Arrivals {
  count = 0;
  readonly #clock: Clock;
  #marks: { readonly number: number; readonly at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A message has come, and was taken at once. */
  came(): void {
    this.count++;
  }

  /** A message has come that has to wait. @param waiting with it */
  waits(waiting: number): void {
    this.count++;
    const last = this.#marks.at(-1);
    if (waiting > 1 && last && this.count - last.number < waiting / MARKS) return;
    if (waiting <= 1) this.#marks = [];
    this.#marks.push({ number: this.count, at: this.#clock.now() });
    if (this.#marks.length > MARKS) this.#forget(waiting);
  }

  /** How long the first of those that wait has waited, ms; 0 where nobody does. */
  oldestWaitMs(now: number, waiting: number): number {
    if (waiting === 0) return 0;
    this.#forget(waiting);
    const first = this.#marks[0];
    return first ? Math.max(0, now - first.at) : 0;
  }

  /** Marks of what does not wait any more, but for the last one before the first that does. */
  #forget(waiting: number): void {
    const first = this.count - waiting + 1;
    let old = 0;
    while (old + 1 < this.#marks.length && this.#marks[old + 1]!.number <= first) old++;
    if (old > 0) this.#marks.splice(0, old);
  }
}
