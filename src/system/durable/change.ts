import { sameBytes } from "./bytes.js";
import type { StoreChange } from "./store.js";

/** What a message that has run leaves to be stored. */
export interface Ran {
  readonly id: string;
  /** The number that its change gets, if it has changed anything. */
  readonly seq: number;
  /** The message itself, or what has happened in it; undefined: nothing has. */
  readonly tail: (() => Uint8Array) | undefined;
  /** The state after it, where a snapshot was due. */
  readonly state: Uint8Array | undefined;
  /** The state before it, where that is known. */
  readonly before: Uint8Array | undefined;
  /** The base that the actor fell back to, until the next is stored. */
  readonly fellTo: StoreChange | undefined;
}

/**
 * The batch of one message, none where it is known to have changed nothing. Its tail piece goes even where a base comes with
 * it: the base before, with the tail since, stays a second way to the same state. A snapshot after nothing is of the state
 * that the change before has left.
 *
 * After a fall-back the base that was good is told once more: the refused one is of a later moment, and goes. Else the next base
 * would push out the good one, and leave the refused one to fall back on.
 */
export function changesOf({ id, seq, tail, state, before, fellTo }: Ran): readonly StoreChange[] {
  if (state !== undefined && before !== undefined && sameBytes(state, before)) return [];
  const tails: StoreChange[] = tail ? [{ kind: "tail", id, seq, data: tail() }] : [];
  if (state === undefined) return tails;
  const base: StoreChange = { kind: "base", id, seq: tail ? seq : seq - 1, data: state };
  return fellTo ? [fellTo, ...tails, base] : [...tails, base];
}
