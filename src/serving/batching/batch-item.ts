import type { NotesSpans } from "../../actor/note-span.js";
import { onAbort } from "../../actor/on-abort.js";
import { HoldfastError } from "../../errors.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import type { WaitingItem } from "./batch-rule.js";

/** How long an item is of use, and to whom: `this.call` in a handler is one. */
export interface ItemCall extends NotesSpans {
  /** Fires when nobody wants the answer any more. */
  readonly signal?: AbortSignal;
  /** Milliseconds that are left; Infinity for no end. */
  remaining?(): number;
  /** What it belongs to, where it is sampled. */
  readonly trace?: TraceContext | undefined;
}

/** One item and who waits for it: settles once. */
export class BatchItem<T, R> implements WaitingItem {
  readonly answer: Promise<R>;
  readonly item: T;
  readonly key: string;
  readonly weight: number;
  readonly since: number;
  readonly deadline: number;
  readonly call: ItemCall;
  readonly #signal: AbortSignal | undefined;
  #resolve: (value: R) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #forget: (() => void) | undefined;

  constructor(item: T, key: string, weight: number, now: number, call: ItemCall) {
    const { signal } = call;
    const remaining = call.remaining?.() ?? Number.POSITIVE_INFINITY;
    this.item = item;
    this.key = key;
    this.weight = weight;
    this.since = now;
    this.deadline = now + remaining;
    this.call = call;
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Calls back when nobody wants its answer any more, until it is settled; the one before is not called then. */
  onGivenUp(callback: () => void): void {
    this.#forget?.();
    if (this.#signal) this.#forget = onAbort(this.#signal, callback);
  }

  get givenUp(): boolean {
    return this.#signal?.aborted === true;
  }

  settle(outcome: R | Error, failed: boolean): void {
    this.#forget?.();
    if (failed) this.#reject(outcome);
    else this.#resolve(outcome as R);
  }

  /** It leaves before it has run. */
  leave(why: "given up" | "late"): void {
    this.settle(why === "late" ? late() : (this.#signal?.reason ?? givenUp()), true);
  }
}

function late(): HoldfastError {
  return new HoldfastError("Timeout", "its deadline passed before its batch ran", { retryable: true });
}

function givenUp(): HoldfastError {
  return new HoldfastError("Cancelled", "the caller gave up before its batch ran", { retryable: true });
}
