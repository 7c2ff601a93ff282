import { HoldfastError } from "../errors.js";

export interface InboxRules {
  /** Parts that the server sends before it waits for credit. */
  readonly window: number;
  /** Lets the server send `n` more. */
  readonly grant: (n: number) => void;
  /** The consumer left early. */
  readonly leave: () => void;
}

type Step = IteratorResult<unknown, undefined>;
interface Waiter {
  resolve(step: Step): void;
  reject(error: Error): void;
}

/**
 * Parts of an output stream between the wire and a `for await`; at most a window of them, because credit goes back only
 * for what was consumed.
 */
export class PartsInbox implements AsyncIterableIterator<unknown, undefined> {
  readonly #rules: InboxRules;
  readonly #parts: unknown[] = [];
  readonly #waiters: Waiter[] = [];
  #received = 0;
  #consumed = 0;
  #end: "open" | "ended" | HoldfastError = "open";

  constructor(rules: InboxRules) {
    this.#rules = rules;
  }

  get received(): number {
    return this.#received;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  put(part: unknown): void {
    this.#received += 1;
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(this.#taken(part));
    else this.#parts.push(part);
  }

  end(): void {
    this.#end = "ended";
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }

  /** What has arrived is still given out; then the error. */
  fail(error: HoldfastError): void {
    this.#end = error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  async next(): Promise<Step> {
    if (this.#parts.length > 0) return this.#taken(this.#parts.shift());
    if (this.#end === "ended") return { done: true, value: undefined };
    if (this.#end instanceof HoldfastError) {
      const error = this.#end;
      // Said once; a loop that goes on after it finds the end.
      this.#end = "ended";
      throw error;
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async return(): Promise<Step> {
    if (this.#end === "open") {
      this.#rules.leave();
      this.end();
    }
    this.#parts.length = 0;
    return { done: true, value: undefined };
  }

  #taken(part: unknown): Step {
    this.#consumed += 1;
    const batch = Math.max(1, this.#rules.window >> 1);
    if (this.#consumed % batch === 0) this.#rules.grant(batch);
    return { done: false, value: part };
  }
}
