import { type BatchCost, learnCost, unknownCost } from "./batch-cost.js";

/** Keys whose cost is remembered; one that was not run for longest is forgotten. */
const KEYS = 64;

/**
 * What batches cost, by key: a wide line takes longer than a narrow one. A key that has not run yet is taken to cost what all
 * together do.
 */
export class BatchCosts {
  readonly #byKey = new Map<string, BatchCost>();
  #all = unknownCost;

  of(key: string): BatchCost {
    return this.#byKey.get(key) ?? this.#all;
  }

  get all(): BatchCost {
    return this.#all;
  }

  /** One batch more. @param weight of all its items */
  learn(key: string, weight: number, tookMs: number): void {
    this.#all = learnCost(this.#all, weight, tookMs);
    const cost = learnCost(this.#byKey.get(key) ?? unknownCost, weight, tookMs);
    // A Map keeps the order in which keys were put: the first is the one that was not run for longest.
    this.#byKey.delete(key);
    this.#byKey.set(key, cost);
    if (this.#byKey.size > KEYS) this.#byKey.delete(this.#byKey.keys().next().value!);
  }
}
