import type { Pick } from "./pick.js";

/** By chance, in proportion to their shares. */
export const random: Pick = (candidates, _, chance) => {
  let total = 0;
  for (const { share } of candidates) total += share;
  let at = chance() * total;
  for (let i = 0; i < candidates.length - 1; i++) {
    at -= candidates[i]!.share;
    if (at < 0) return i;
  }
  return candidates.length - 1;
};
