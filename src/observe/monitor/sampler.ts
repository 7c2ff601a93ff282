import { messageOf } from "../../errors.js";
import { type Reading, type ReadingName, readingKey } from "./reading.js";
import type { Source } from "./source.js";

/** A reading and when it was taken. */
export interface Sampled {
  readonly reading: Reading;
  /** Monotonic ms. */
  readonly at: number;
  /** How often its source is read, ms. */
  readonly everyMs: number;
}

/** A reading counts for so many times of its interval: a slow answer is late, not gone. */
const FRESH_TIMES = 3;

interface Standing {
  readonly source: Source;
  /** Looks until it is read. */
  wait: number;
  reading: boolean;
  failed: string | undefined;
}

/**
 * Reads sources, each as often as it says, and never one again before it has answered: one that hangs leaves its readings to
 * grow old, and costs nothing else.
 *
 *   look ─▶ due, and not under way? ─▶ read ─▶ readings by key, each with its time
 */
export class Sampler {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #sources: readonly Standing[];
  readonly #latest = new Map<string, Sampled>();

  /** @param everyMs between two looks */
  constructor(sources: readonly Source[], everyMs: number, now: () => number) {
    this.#everyMs = everyMs;
    this.#now = now;
    this.#sources = sources.map((source) => ({ source, wait: 0, reading: false, failed: undefined }));
  }

  /** Reads what is due. What answers at once is known when this returns. */
  look(): void {
    for (const standing of this.#sources) {
      if (--standing.wait > 0 || standing.reading) continue;
      standing.wait = standing.source.every;
      this.#read(standing);
    }
  }

  /** The latest reading of a key, if it is not too old. */
  fresh(key: string): Sampled | undefined {
    const sampled = this.#latest.get(key);
    return sampled && this.#now() - sampled.at <= FRESH_TIMES * sampled.everyMs ? sampled : undefined;
  }

  /** All that are not too old. */
  readings(): readonly Reading[] {
    return [...this.#latest.keys()].flatMap((key) => this.fresh(key)?.reading ?? []);
  }

  /** Why there is no reading of a name, in one line. */
  absent(name: ReadingName, of: string | undefined): string {
    const standing = this.#sources.find(({ source }) => source.names.includes(name) && source.of === of);
    if (!standing) return "nothing reads it";
    return standing.failed ?? standing.source.absent?.(name) ?? "it has not answered";
  }

  close(): void {
    for (const { source } of this.#sources) {
      try {
        source.close?.();
      } catch (error) {
        const warning = `a source of the monitor threw as it was closed: ${messageOf(error)}`;
        process.emitWarning(warning, { code: "HOLDFAST_MONITOR" });
      }
    }
  }

  #read(standing: Standing): void {
    const { source } = standing;
    const failed = (error: unknown) => {
      standing.failed = messageOf(error);
    };
    try {
      const answer = source.read();
      if (!(answer instanceof Promise)) {
        this.#keep(standing, answer);
        return;
      }
      standing.reading = true;
      void answer
        .then((readings) => this.#keep(standing, readings))
        .catch(failed)
        .finally(() => {
          standing.reading = false;
        });
    } catch (error) {
      failed(error);
    }
  }

  /** What is not there any more is forgotten at once: it must not be acted on. */
  #keep(standing: Standing, readings: readonly Reading[]): void {
    const { source } = standing;
    standing.failed = undefined;
    const at = this.#now();
    const everyMs = source.every * this.#everyMs;
    const told = new Set<string>();
    for (const reading of readings) {
      if (!Number.isFinite(reading.value)) continue;
      const key = readingKey(reading.name, reading.of);
      told.add(key);
      this.#latest.set(key, { reading, at, everyMs });
    }
    for (const name of source.names) {
      const key = readingKey(name, source.of);
      if (!told.has(key)) this.#latest.delete(key);
    }
  }
}
