import type { Pick } from "./pick.js";

/**
 * One after the other, in proportion to their shares: of 5 : 1 it gives a a b a a a, not five times a and then b (nginx's
 * smooth weighting). With equal shares it is the plain circle.
 */
export function roundRobin(): Pick {
  /** What each is owed, by its id: it grows by its share at each turn, and who is chosen pays for all. */
  let owed = new Map<string, number>();
  return (candidates) => {
    const next = new Map<string, number>();
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (let i = 0; i < candidates.length; i++) {
      const { id, share } = candidates[i]!;
      const credit = (owed.get(id) ?? 0) + share;
      next.set(id, credit);
      total += share;
      if (credit > most + TIE) {
        most = credit;
        best = i;
      }
    }
    next.set(candidates[best]!.id, most - total);
    owed = next;
    return best;
  };
}

/** Sums of shares that differ by less are equal. */
const TIE = 1e-9;
