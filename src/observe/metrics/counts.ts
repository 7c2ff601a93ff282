/** Values that one count may have; what comes later is counted as "other". */
const MOST = 200;

/** How often each of several things happened. Bounded, whatever they are called. */
export class Counts {
  readonly #most: number;
  readonly #byName = new Map<string, number>();

  constructor(most = MOST) {
    this.#most = most;
  }

  add(name: string, more = 1): void {
    const known = this.#byName.has(name) || this.#byName.size < this.#most - 1;
    const kept = known ? name : "other";
    this.#byName.set(kept, (this.#byName.get(kept) ?? 0) + more);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#byName.values()) total += count;
    return total;
  }

  [Symbol.iterator](): IterableIterator<[string, number]> {
    return this.#byName.entries();
  }
}
