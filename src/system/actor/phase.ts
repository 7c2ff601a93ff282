/*
 * Where an actor is in its life, in one small integer: a word of a million objects instead of four.
 *
 *   bits 0, 1   the phase of its incarnation
 *   bit  2      its host may hold this incarnation, and run what was delivered to it
 *   bit  3      the incarnation has no stop() that wants to be called
 *   bits 4 …    the number of the incarnation
 */

export const DOWN = 0;
export const STARTING = 1;
export const UP = 2;
export const STOPPING = 3;

export const PHASE = 0b11;
export const PRESENT = 0b100;
export const PLAIN = 0b1000;

const NUMBER_FROM = 4;

/** With this the word still is a small integer for V8, also where those have 31 bits. */
const LAST = 2 ** 26 - 1;

export function incarnationIn(standing: number): number {
  return standing >> NUMBER_FROM;
}

/** The next incarnation, starting. After the last comes the second: the first is one that never was there before. */
export function startOfNext(standing: number): number {
  const now = incarnationIn(standing);
  return ((now === LAST ? 2 : now + 1) << NUMBER_FROM) | PRESENT | STARTING;
}
