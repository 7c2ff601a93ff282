/** Entries of every host's control block: how many messages may execute at once in one host. */
export const HOST_ENTRIES = 1024;

/** Numbers stay small integers for V8, and fit an int32 of a shared record. */
const NUMBERS = 2 ** 30;

/*
 * An actor's number in its cell says where it stands: turn * HOST_ENTRIES + its first entry in the control block, turns
 * from 1. So the tables of a cell are arrays, and no entry is written down beside a number. Who takes an entry over gets the
 * next turn's number: what is still heard of the one before is told apart by it.
 */

/** The first entry of the actor of this number. */
export function entryOf(actor: number): number {
  return actor % HOST_ENTRIES;
}

/** The number of who has the entry first. */
export function firstAt(entry: number): number {
  return HOST_ENTRIES + entry;
}

/** The number of who has the entry next. */
export function nextAfter(actor: number): number {
  const next = actor + HOST_ENTRIES;
  return next < NUMBERS ? next : firstAt(entryOf(actor));
}
