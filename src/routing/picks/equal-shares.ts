import type { Candidate } from "./pick.js";

/** Whether all have the same share, as nearly all pools' members do nearly always: then a pick is simpler. */
export function equalShares(candidates: readonly Candidate[]): boolean {
  const { share } = candidates[0]!;
  for (let i = 1; i < candidates.length; i++) if (candidates[i]!.share !== share) return false;
  return true;
}
