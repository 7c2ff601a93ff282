import { equalShares } from "./equal-shares.js";
import type { Pick } from "./pick.js";
import { Turn } from "./turn.js";

/**
 * One after the other, in proportion to their shares: of 5 : 1 it gives a a a b a a, not five times a and then b (nginx's
 * smooth weighting). With equal shares it is the plain circle, and nothing is kept of anybody.
 */
export function roundRobin(): Pick {
  const turn = new Turn();
  /** What each is owed, by its id: it grows by its share at each turn, and who is chosen pays for all. */
  const owed = new Map<string, number>();
  return (candidates) => {
    const { length } = candidates;
    if (equalShares(candidates)) {
      if (owed.size > 0) owed.clear();
      const at = turn.next(candidates);
      turn.took(candidates, at);
      return at;
    }
    if (owed.size > length) forgetOthers(owed, candidates);
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (let i = 0; i < length; i++) {
      const { id, share } = candidates[i]!;
      const credit = (owed.get(id) ?? 0) + share;
      owed.set(id, credit);
      total += share;
      if (credit > most + TIE) {
        most = credit;
        best = i;
      }
    }
    owed.set(candidates[best]!.id, most - total);
    return best;
  };
}

/** Sums of shares that differ by less are equal. */
const TIE = 1e-9;

/** Ids come and go for as long as a pool lives. */
function forgetOthers(owed: Map<string, number>, candidates: readonly { readonly id: string }[]): void {
  const here = new Set(candidates.map(({ id }) => id));
  for (const id of owed.keys()) if (!here.has(id)) owed.delete(id);
}
