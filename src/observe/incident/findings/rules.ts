import type { Facts, Finding, Rule } from "../finding.js";
import { folded } from "../folded.js";
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

/** Reports that a finding names: more is no better evidence. */
const MOST_NAMED = 10;

/** What to change, the worst first, each cause once. */
export function findingsOf(facts: Facts): Finding[] {
  const all = rules.flatMap((rule) => rule(facts)).sort((a, b) => ranks[a.severity] - ranks[b.severity]);
  return folded(all).map((finding) => ({ ...finding, reports: finding.reports.slice(0, MOST_NAMED) }));
}
