import { RING_BYTES } from "./flight-ring.js";

/*
 * The record that outlives a dead host and names what it was executing. One per host:
 *
 *   byte 0   int32    phase         init | idle | stopping | native; "js" is idle with something executing
 *   byte 4   int32    stop          the parent's word to the host: begin nothing more
 *   byte 8   float64  beat          when its event loop last turned with work in it, monotonic ms; 0 before the first
 *   byte 16  float64  heap          bytes of V8's heap in use, with the beat
 *   byte 24  float64  external      bytes held outside that heap (ArrayBuffers), with the beat
 *   byte 32  float64  resident      bytes of the process' memory, with the beat; 0 in a thread, which has none of its own
 *   byte 64 + 24i, one entry for each message that may run at once (an actor owns as many neighbours as it runs):
 *     + 0    int32    begun         the last sequence number that began here
 *     + 4    int32    finished      the last one that ended here: where the two differ, `begun` is executing
 *     + 8    float64  since         when it began, monotonic ms
 *     + 16   int32    cancelled     the parent's word: the caller of this one gave up, which runs here or in a neighbour
 *     + 20   int32    incarnation   of the actor whose entry it is
 *   then the flight recorder, see flight-ring.ts
 *
 * `begun` tells "ran, but its answer was lost on the way" from "never started": without it an answer that died in a
 * pipe would be run again.
 *
 * A thread goes on for some milliseconds after it was condemned. So that it cannot start what the parent has already
 * taken back, both sides write first and then look (Dekker): the host stores `begun` and then reads `stop`; the parent
 * stores `stop` and then reads `begun`. Either the host sees that it must not run, or the parent sees that it did.
 *
 * `cancelled` needs no such care: it names a message, and the host looks in all entries of its actor. One that has just
 * ended is not the one that runs, and one that has not begun hears of it by a frame too.
 */

const HEADER_BYTES = 64;
const ENTRY_BYTES = 24;

/** Words (int32) and floats (float64) of the header. */
export const PHASE_WORD = 0;
export const STOP_WORD = 1;
export const BEAT_FLOAT = 1;
export const HEAP_FLOAT = 2;
export const EXTERNAL_FLOAT = 3;
export const RESIDENT_FLOAT = 4;

/** Words of an entry, from its first. */
export const BEGUN = 0;
export const FINISHED = 1;
export const CANCELLED = 4;
export const INCARNATION = 5;

/** What is stored; "js" is not, because it can be seen: storing it would cost two writes for every message. */
export const storedPhases = ["init", "idle", "stopping", "native"] as const;

/**
 * What a host is doing. init: its module is loading. js: a handler executes (or awaits). native: code outside JavaScript
 * runs, which nothing in a thread can interrupt. stopping: unload() runs.
 */
export type Phase = (typeof storedPhases)[number] | "js";

/** Sequence numbers run from 1 to 2^31 - 1 and wrap; two are compared within half of that range. */
export function nextSequence(seq: number): number {
  return seq === 0x7fffffff ? 1 : seq + 1;
}

/** Whether `seq` is `begun` or came before it. */
export function hasBegun(seq: number, begun: number): boolean {
  return begun !== 0 && ((begun - seq) & 0x7fffffff) < 0x40000000;
}

export interface Executing {
  readonly seq: number;
  /** Monotonic ms. */
  readonly since: number;
}

/** First word of an entry. */
export function entryWord(entry: number): number {
  return (HEADER_BYTES + ENTRY_BYTES * entry) / 4;
}

/** Where an entry's `since` is. */
export function sinceFloat(entry: number): number {
  return (HEADER_BYTES + ENTRY_BYTES * entry + 8) / 8;
}

/** Bytes before the flight recorder. */
export function entriesEnd(entries: number): number {
  return HEADER_BYTES + ENTRY_BYTES * entries;
}

/** Bytes of a control block with room for `entries` messages at once, its flight recorder included. */
export function controlBytes(entries: number): number {
  return entriesEnd(entries) + RING_BYTES;
}

/** The entries of a control block of so many bytes. */
export function entriesIn(bytes: number): number {
  return (bytes - RING_BYTES - HEADER_BYTES) / ENTRY_BYTES;
}
