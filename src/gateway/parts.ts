import { releaseAll } from "../transport/lease.js";

/** Where the parts of an output stream go. */
export interface PartSink {
  part(seq: number, value: unknown): void;
  /** Resolves when the reader has room; at once mostly. */
  room(): Promise<void>;
}

/**
 * The answer of a generator, pulled no faster than its reader grants credit.
 *
 *   credit n ─▶ next() … next() ─▶ part 0 … part n-1 ─▶ (waits for credit) ─▶ …
 */
export class Parts {
  readonly #source: AsyncIterator<unknown>;
  readonly #sink: PartSink;
  #credit: number;
  #count = 0;
  #wake: (() => void) | undefined;
  #stopped = false;

  constructor(source: AsyncIterable<unknown>, credit: number, sink: PartSink) {
    this.#source = source[Symbol.asyncIterator]();
    this.#credit = credit;
    this.#sink = sink;
  }

  get count(): number {
    return this.#count;
  }

  grant(n: number): void {
    this.#credit += n;
    this.#wake?.();
  }

  /** Ends it early; the generator's `finally` runs. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    // The rejection, if any, is the generator's own affair: nobody listens any more.
    void Promise.resolve(this.#source.return?.()).catch(() => {});
  }

  /** Resolves with the count when the source has ended or was stopped; rejects with its error. */
  async run(): Promise<number> {
    while (!this.#stopped) {
      await this.#turn();
      if (this.#stopped) break;
      const step = await this.#source.next();
      if (step.done) break;
      if (this.#stopped) {
        releaseAll(step.value);
        break;
      }
      this.#sink.part(this.#count, step.value);
      this.#count += 1;
      this.#credit -= 1;
    }
    return this.#count;
  }

  async #turn(): Promise<void> {
    await this.#sink.room();
    while (this.#credit <= 0 && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
