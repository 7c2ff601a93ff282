/** Values a stream may send before its consumer asks for more. */
export const FIRST_STREAM_CREDIT = 16;

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Pulls an async iterable as fast as its consumer has room, and no faster. */
export class OutputStream {
  readonly #emit: (value: unknown) => void;
  #credit = FIRST_STREAM_CREDIT;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(emit: (value: unknown) => void) {
    this.#emit = emit;
  }

  /** Resolves with the number of values sent. */
  async run(source: AsyncIterable<unknown>): Promise<number> {
    let sent = 0;
    for await (const value of source) {
      if (this.#closed) break;
      this.#emit(value);
      sent++;
      this.#credit--;
      while (this.#credit <= 0 && !this.#closed) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#closed) break;
    }
    return sent;
  }

  grant(count: number): void {
    this.#credit += count;
    this.#wake?.();
  }

  /** The consumer left: the source's `finally` runs at its next step. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }
}
