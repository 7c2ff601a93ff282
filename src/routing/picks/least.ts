import type { Candidate, Pick } from "./pick.js";
import { Turn } from "./turn.js";

/** The one with the fewest messages for its share; of equals the first after where the last pick was, so that all have their turn. */
export function smallestMailbox(): Pick {
  return least(({ load, share }) => (load + 1) / share);
}

/** The one at which a message would wait the shortest, by what each was seen to take. A slow member gets what it can do. */
export function leastExpectedWait(): Pick {
  return least(({ expectedWaitMs, load, share }) => (expectedWaitMs + (load + 1) * EQUALS_MS) / share);
}

/** Of members nothing is known of yet, the emptier one is better: worth so little that a known wait always decides. */
const EQUALS_MS = 1e-6;

function least(cost: (candidate: Candidate) => number): Pick {
  const turn = new Turn();
  return (candidates) => {
    const { length } = candidates;
    let i = turn.next(candidates);
    let best = i;
    let lowest = cost(candidates[i]!);
    for (let left = length - 1; left > 0; left--) {
      if (++i === length) i = 0;
      const at = cost(candidates[i]!);
      if (at < lowest) {
        lowest = at;
        best = i;
      }
    }
    turn.took(candidates, best);
    return best;
  };
}
