import type { Facts, Finding, Rule } from "../finding.js";
import { quarantinedMessages, samePayload } from "./killers.js";
import { frequentRecycling, heapDeaths } from "./memory.js";
import { abandonedThreads, foreignSignals } from "./native.js";
import { killedByHand, oddMembers, openBreakers, stillDown, storeTrouble } from "./others.js";
import { lostTells, poolsAtTheirMost } from "./overload.js";
import { refusedAsks, thresholds } from "./pressure.js";
import { lateDetection, slowRecovery } from "./slow.js";
import { crashLoop, overBudget, startFailures } from "./starts.js";

/** Each finds what it knows of, and nothing else. */
const rules: readonly Rule[] = [
  stillDown,
  quarantinedMessages,
  samePayload,
  startFailures,
  overBudget,
  crashLoop,
  heapDeaths,
  frequentRecycling,
  abandonedThreads,
  foreignSignals,
  lateDetection,
  slowRecovery,
  poolsAtTheirMost,
  refusedAsks,
  lostTells,
  thresholds,
  storeTrouble,
  openBreakers,
  oddMembers,
  killedByHand,
];

const ranks = { critical: 0, warning: 1, note: 2 } as const;

/** What to change, the worst first. */
export function findingsOf(facts: Facts): Finding[] {
  return rules.flatMap((rule) => rule(facts)).sort((a, b) => ranks[a.severity] - ranks[b.severity]);
}
