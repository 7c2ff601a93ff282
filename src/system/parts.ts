import type { Message, Outcome } from "../mailbox/message.js";
import { releaseAll } from "../transport/lease.js";

/** Makes a call whose answer may be a stream. */
export type StreamCall = (
  onSettled: (outcome: Outcome) => void,
  onPart: (value: unknown) => void,
) => Message | undefined;

/** The answer of a streaming method: the call is made when somebody begins to read, once for each reader. */
export class Parts implements AsyncIterable<unknown> {
  readonly #call: StreamCall;

  constructor(call: StreamCall) {
    this.#call = call;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    yield* new Reading(this.#call).values();
  }
}

/**
 * The answer of a method of which nothing is known yet. The call is made now; awaiting it gives the value, or, when it
 * turns out to be a stream, something to iterate. It can be iterated at once too.
 */
export function eitherOf(
  call: StreamCall,
  isStream: () => boolean | undefined,
): Promise<unknown> & AsyncIterable<unknown> {
  let reading: Reading | undefined;
  const values = (): AsyncGenerator<unknown> => reading!.values();
  const stream: AsyncIterable<unknown> = { [Symbol.asyncIterator]: values };
  const answer = new Promise<unknown>((resolve, reject) => {
    reading = new Reading(call, {
      part: () => resolve(stream),
      end(outcome) {
        if (!outcome.ok) reject(outcome.error);
        else resolve(isStream() ? stream : outcome.value);
      },
    });
  });
  return Object.assign(answer, {
    [Symbol.asyncIterator]() {
      // Who iterates hears of a failure there.
      answer.catch(() => {});
      return values();
    },
  });
}

/** One call and what has come of it so far. */
class Reading {
  readonly #message: Message | undefined;
  readonly #values: unknown[] = [];
  #end: Outcome | undefined;
  #wake = (): void => {};

  constructor(call: StreamCall, heard?: { part(): void; end(outcome: Outcome): void }) {
    this.#message = call(
      (outcome) => {
        this.#end = outcome;
        this.#wake();
        heard?.end(outcome);
      },
      (value) => {
        this.#values.push(value);
        this.#wake();
        heard?.part();
      },
    );
  }

  async *values(): AsyncGenerator<unknown> {
    try {
      for (;;) {
        if (this.#values.length > 0) {
          const value = this.#values.shift();
          this.#message?.onConsumed?.();
          yield value;
        } else if (this.#end) {
          if (!this.#end.ok) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#message?.giveUp("Cancelled", "the consumer left the stream");
      // What came and was not read is nobody's.
      for (const value of this.#values.splice(0)) releaseAll(value);
    }
  }
}
