import type { Clock } from "../../clock.js";
import { Counts } from "./counts.js";
import { Samples } from "./samples.js";

/** Where numbers come from: reads them into the samples of a scrape. */
export interface Source {
  readonly name: string;
  read(samples: Samples): void;
}

/**
 * Reads every source once per scrape, though each metric asks for its own values: prom-client asks all of them in one turn of the
 * event loop. A source that throws is missing from that scrape, and counted; the others are not touched.
 */
export class Readings {
  readonly #sources: readonly Source[];
  readonly #clock: Clock;
  readonly #failures = new Counts();
  #samples: Samples | undefined;
  #tookMs = 0;

  constructor(clock: Clock, sources: readonly Source[]) {
    this.#clock = clock;
    this.#sources = sources;
  }

  /** The samples of this turn. */
  now(): Samples {
    if (this.#samples) return this.#samples;
    const samples = new Samples();
    this.#samples = samples;
    queueMicrotask(() => {
      this.#samples = undefined;
    });
    const began = this.#clock.now();
    for (const source of this.#sources) {
      try {
        source.read(samples);
      } catch {
        this.#failures.add(source.name);
      }
    }
    samples.add("holdfast_scrape_duration_seconds", this.#tookMs / 1000);
    for (const [source, n] of this.#failures) samples.add("holdfast_scrape_failures_total", n, { source });
    this.#tookMs = this.#clock.now() - began;
    return samples;
  }
}
