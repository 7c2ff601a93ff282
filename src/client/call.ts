import type { Timer } from "../clock.js";
import { HoldfastError } from "../errors.js";
import type { ClientFrame } from "../protocol/frames.js";
import { type InboxRules, PartsInbox } from "./parts-inbox.js";

export interface CallSpec {
  /** For errors: "digits.classify". */
  readonly name: string;
  /** Sending it twice does no harm; asked again at each drop, because the server says so in its welcome. */
  readonly idempotent: () => boolean;
  /** Monotonic milliseconds; Infinity for none. */
  readonly deadline: number;
  /** Bytes that it holds while it waits. */
  readonly bytes: number;
  readonly frame: (id: number, remainingMs: number) => ClientFrame;
}

type Phase = "queued" | "written" | "streaming" | "settled";

/** What an ask gives: a promise of the value, and at the same time, for a generator, an iterable of the parts. */
export type Answer = Promise<unknown> & AsyncIterable<unknown>;

/**
 * One call with one outcome, across as many connections as it takes.
 *
 *   queued ──written──▶ written ──result, error──▶ settled
 *     ▲                    │  ──part──▶ streaming ──end, error──▶ settled
 *     └── dropped, if idempotent
 */
export class Call {
  readonly id: number;
  readonly spec: CallSpec;
  /** Where it is; `written` says that a server may have seen it. */
  phase: Phase = "queued";
  /** It was handed to a socket at least once. */
  wasWritten = false;
  timer: Timer | undefined;
  readonly #answer: Answer;
  readonly #inboxRules: InboxRules;
  readonly #onSettled: (from: Phase) => void;
  #inbox: PartsInbox | undefined;
  #iterated = false;
  #resolve!: (value: unknown) => void;
  #reject!: (error: HoldfastError) => void;

  constructor(id: number, spec: CallSpec, inboxRules: InboxRules, onSettled: (from: Phase) => void) {
    this.id = id;
    this.spec = spec;
    this.#inboxRules = inboxRules;
    this.#onSettled = onSettled;
    const promise = new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#answer = Object.assign(promise, { [Symbol.asyncIterator]: () => this.#iterate(promise) });
  }

  get answer(): Answer {
    return this.#answer;
  }

  get delivered(): number {
    return this.#inbox?.received ?? 0;
  }

  value(value: unknown): void {
    if (this.#iterated) {
      const message = `${this.spec.name} answered with one value, not with a stream: await it`;
      this.fail(new HoldfastError("InvalidValue", message));
      return;
    }
    this.#settle();
    this.#resolve(value);
  }

  part(value: unknown): void {
    this.phase = "streaming";
    // Nothing more is due by the caller's deadline: the server keeps that of the handler.
    this.timer?.cancel();
    this.#parts().put(value);
    if (!this.#iterated) this.#resolve(this.#parts());
  }

  end(): void {
    this.#settle();
    this.#parts().end();
    this.#resolve(this.#parts());
  }

  fail(error: HoldfastError): void {
    this.#settle();
    this.#inbox?.fail(error);
    this.#reject(error);
  }

  #settle(): void {
    const from = this.phase;
    this.phase = "settled";
    this.timer?.cancel();
    this.#onSettled(from);
  }

  #iterate(promise: Promise<unknown>): PartsInbox {
    this.#iterated = true;
    // The iterator tells of failure; the promise beside it has no listener then.
    promise.catch(() => {});
    const inbox = this.#parts();
    if (this.phase === "settled") {
      // It failed, or answered, before anybody iterated.
      promise.then(
        (value) =>
          value !== inbox &&
          inbox.fail(new HoldfastError("InvalidValue", `${this.spec.name} answered with one value: await it`)),
        (error: HoldfastError) => inbox.fail(error),
      );
    }
    return inbox;
  }

  #parts(): PartsInbox {
    this.#inbox ??= new PartsInbox(this.#inboxRules);
    return this.#inbox;
  }
}
