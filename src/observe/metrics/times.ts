import type { TimeCounts } from "./samples.js";

/** Upper bounds, ms: a restart in place takes microseconds, a cold start of a large model half a minute. */
export const stepBoundsMs: readonly number[] = [
  0.1, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
];

/** Counts how long something took. */
export class Times implements TimeCounts {
  readonly #boundsMs: readonly number[];
  readonly buckets: number[];
  count = 0;
  sumMs = 0;

  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs;
    this.buckets = new Array<number>(boundsMs.length + 1).fill(0);
  }

  add(ms: number): void {
    const at = this.#boundsMs.findIndex((bound) => ms <= bound);
    this.buckets[at < 0 ? this.#boundsMs.length : at]!++;
    this.count++;
    this.sumMs += ms;
  }
}
