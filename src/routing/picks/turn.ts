import type { Candidate } from "./pick.js";

/**
 * Whose turn it is, when members come and go between any two: who stands behind the one that was last. By its place in the list
 * alone, one that crashes at each of its turns would take that of its neighbour with it.
 */
export class Turn {
  #last = "";
  #at = -1;

  /** Where the next one stands. */
  next(candidates: readonly Candidate[]): number {
    if (this.#at >= 0 && candidates[this.#at]?.id !== this.#last) this.#at = this.#found(candidates);
    return this.#at + 1 < candidates.length ? this.#at + 1 : 0;
  }

  /** It has had its turn. */
  took(candidates: readonly Candidate[], index: number): void {
    this.#at = index;
    this.#last = candidates[index]!.id;
  }

  /** Where the last one is; gone: before whoever stands in its place now. */
  #found(candidates: readonly Candidate[]): number {
    for (let i = 0; i < candidates.length; i++) if (candidates[i]!.id === this.#last) return i;
    return this.#at - 1;
  }
}
