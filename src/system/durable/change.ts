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
}

/**
 * The batch of one message, none where it is known to have changed nothing. Its tail piece goes even where a base comes with
 * it: the base before, with the tail since, stays a second way to the same state. A snapshot after nothing is of the state
 * that the change before has left.
 */
export function changesOf({ id, seq, tail, state, before }: Ran): readonly StoreChange[] {
  if (state !== undefined && before !== undefined && sameBytes(state, before)) return [];
  if (tail === undefined) return state === undefined ? [] : [{ kind: "base", id, seq: seq - 1, data: state }];
  const piece: StoreChange = { kind: "tail", id, seq, data: tail() };
  return state === undefined ? [piece] : [piece, { kind: "base", id, seq, data: state }];
}
