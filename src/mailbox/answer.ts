/** Who waits for the outcome of an ask, and for how long. */
export interface Answer {
  /** Monotonic ms; Infinity for none. */
  readonly deadline: number;
  /** When it was asked for, monotonic ms; undefined: nobody has read the clock for it yet. */
  readonly since: number | undefined;
  /** It is not over at once: its time is counted from here on, where it is not yet. @param now monotonic ms */
  count(now: number): void;
  /** Hears of the outcome, once. */
  resolve(value: unknown): void;
  reject(error: Error): void;
}
