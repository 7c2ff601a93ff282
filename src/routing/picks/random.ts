import { equalShares } from "./equal-shares.js";
import type { Pick } from "./pick.js";

/** By chance, in proportion to their shares. */
export const random: Pick = (candidates, _, chance) => {
  const last = candidates.length - 1;
  if (equalShares(candidates)) return Math.min(last, Math.floor(chance() * candidates.length));
  let total = 0;
  for (let i = 0; i <= last; i++) total += candidates[i]!.share;
  let at = chance() * total;
  for (let i = 0; i < last; i++) {
    at -= candidates[i]!.share;
    if (at < 0) return i;
  }
  return last;
};
