import type { Chance } from "../../clock.js";

/** A member that a message may go to, as a pick sees it. */
export interface Candidate {
  /** Its name in the pool; the same for as long as it is a member. */
  readonly id: string;
  /** Messages that wait before it or execute in it. */
  readonly load: number;
  /** How long a message that went to it now would wait, ms, as learned from its service times. */
  readonly expectedWaitMs: number;
  /** What it may take beside the others: 1 for a full share; less while it is new, or was given less. Above 0. */
  readonly share: number;
}

/** What a pick sees of a message: nothing of what is in it. */
export interface Routed {
  readonly method: string;
  /** Of `ref.with({ key })`. */
  readonly key: string | undefined;
  /** Bytes of its arguments. */
  readonly bytes: number;
}

/**
 * Chooses a member for a message, in the turn in which it was sent.
 * @param candidates one at least, in the order in which they joined; the array is the pool's: do not keep it
 * @returns the index of one of them
 */
export type Pick = (candidates: readonly Candidate[], message: Routed, chance: Chance) => number;
