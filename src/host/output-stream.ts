import { HoldfastError } from "../errors.js";
import { dropped } from "./own-copy.js";

/** Values a stream may send before its consumer asks for more. */
export const FIRST_STREAM_CREDIT = 16;

/** Values in a row after which the event loop gets a turn: a stream within one thread would starve timers and I/O. */
const BURST = 256;

/** What can be pulled value by value: an async iterable, or what a plain generator gives. Lists, Maps and Sets are values. */
export function isPulled(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  try {
    if (typeof value !== "object" || value === null) return false;
    return Symbol.asyncIterator in value || (Symbol.iterator in value && "next" in value);
  } catch {
    // A Proxy that refuses to be looked at; what sends it says so.
    return false;
  }
}

/** The answer to a call whose method returned a stream unannounced: its caller reads none, so it would get no credit. */
export function notDeclared(method: string): HoldfastError {
  const fix = `write it as "async *${method}()", or declare static methods = { ${method}: { stream: true } }`;
  return new HoldfastError("InvalidValue", `${method}() returned an iterator and is no stream: ${fix}`);
}

/** Pulls an iterable as fast as its consumer has room, and no faster. */
export class OutputStream {
  readonly #emit: (value: unknown) => void;
  #credit = FIRST_STREAM_CREDIT;
  #closed = false;
  /** A value could not be sent: that is an answer to its caller, no crash of the actor. */
  #refused: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(emit: (value: unknown) => void) {
    this.#emit = emit;
  }

  /** Resolves with the number of values sent. */
  async run(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<number> {
    let sent = 0;
    for await (const value of source) {
      if (this.#closed) {
        dropped(value);
        break;
      }
      try {
        this.#emit(value);
      } catch (error) {
        this.#refused = { error };
        throw error;
      }
      sent++;
      this.#credit--;
      if (sent % BURST === 0) await new Promise(setImmediate);
      while (this.#credit <= 0 && !this.#closed) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#closed) break;
    }
    return sent;
  }

  /** It ended with this error because a value could not be sent. */
  isUnsendable(error: unknown): boolean {
    return this.#refused !== undefined && this.#refused.error === error;
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
