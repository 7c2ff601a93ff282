import type { Special } from "../mailbox/message.js";

/** `special` in a ring: two bits. */
export const SPECIAL = 3;

export const specials: readonly Special[] = [false, true, "large"];

export function bitsOf(special: Special): number {
  return special === false ? 0 : special === true ? 1 : 2;
}
