/** Of a member's share, what it has at first: enough to be learned from. */
const LEAST_PART = 0.1;

/**
 * The part of its share that a member has while it is new: a tenth at first, all of it after `overMs`, in a straight line.
 * Caches fill and code is compiled meanwhile, and its first callers are few.
 * @param ageMs since it joined
 */
export function slowStart(ageMs: number, overMs: number): number {
  if (ageMs >= overMs) return 1;
  return Math.max(LEAST_PART, ageMs / overMs);
}
