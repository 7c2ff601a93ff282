import { expectation, type Within } from "./expectations.js";

interface Waiting<T> {
  matches(item: T): boolean;
  fulfil(item: T): void;
  open(): boolean;
}

/**
 * What came in and was not read yet, in order. Reading is selective, as Erlang's `receive` is: what does not match stays
 * for a later read.
 */
export class Unread<T> {
  #items: T[] = [];
  readonly #waiting = new Set<Waiting<T>>();

  get items(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    for (const waiting of this.#waiting) {
      if (!waiting.open()) this.#waiting.delete(waiting);
      else if (waiting.matches(item)) {
        this.#waiting.delete(waiting);
        waiting.fulfil(item);
        return;
      }
    }
    this.#items.push(item);
  }

  /** The first that matches: one that is there, or the next to come. */
  next(matches: (item: T) => boolean, within: Within, what: string, instead: () => string): Promise<T> {
    const index = this.#items.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0]!);
    const { promise, fulfil, open } = expectation<T>(within, what, instead);
    this.#waiting.add({ matches, fulfil, open });
    return promise;
  }

  clear(): void {
    this.#items = [];
  }
}
