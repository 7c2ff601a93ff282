import type { Stretch } from "./growth-judge.js";
import { addLatency, latencyQuantile, noLatencies } from "./latencies.js";

/** What a pool has done since it began. */
export interface Tally {
  readonly arrived: number;
  readonly served: number;
  readonly workedMs: number;
}

/** A stretch of time in which a pool is looked at, while it goes on. */
export class OpenStretch {
  readonly from: number;
  readonly #latencies = noLatencies();
  readonly #start: Tally;

  constructor(from: number, start: Tally) {
    this.from = from;
    this.#start = start;
  }

  /** A message was answered so long after it had come. */
  add(answerMs: number): void {
    addLatency(this.#latencies, answerMs);
  }

  /** What it comes to until now. */
  until(now: number, { served, arrived, workedMs }: Tally): Stretch {
    const forMs = now - this.from;
    return {
      forMs,
      served: served - this.#start.served,
      arrived: arrived - this.#start.arrived,
      p99Ms: latencyQuantile(this.#latencies, 0.99),
      load: (workedMs - this.#start.workedMs) / Math.max(1, forMs),
    };
  }
}
