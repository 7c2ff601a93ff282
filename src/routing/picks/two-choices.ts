import type { Pick } from "./pick.js";

/** Two by chance, and of them the less loaded: close to the best of all, at the cost of looking at two (Mitzenmacher, 2001). */
export const powerOfTwoChoices: Pick = (candidates, _, chance) => {
  const { length } = candidates;
  const a = Math.floor(chance() * length);
  if (length === 1) return a;
  const b = (a + 1 + Math.floor(chance() * (length - 1))) % length;
  const cost = (i: number) => (candidates[i]!.load + 1) / candidates[i]!.share;
  return cost(b) < cost(a) ? b : a;
};
