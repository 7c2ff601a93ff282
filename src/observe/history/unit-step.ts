import { latencyBoundsMs, type UnitStats } from "../../system/stats.js";
import { ratesBetween } from "../rates.js";

/** What is kept of a unit for each step, in this order. What is not known is NaN. */
export const historyColumns = [
  /** Outcomes a second: answers, tells that were handled, failures. */
  "rate",
  /** Of these, failures. */
  "failures",
  /** Milliseconds from acceptance to outcome, of the asks that ended within the step. */
  "p50",
  "p99",
  "waiting",
  "executing",
  "oldestWaitMs",
  /** Of a pool or keyed group: its members or cells, those that are down too. */
  "members",
  /** Of these, the ones that run. */
  "ready",
  "heapBytes",
] as const;

export type HistoryColumn = (typeof historyColumns)[number];

/**
 * One step of a unit's history, from what it had counted at its ends.
 * @param before undefined for the first look at it: rates are not known yet
 * @param members how many units are part of it
 */
export function unitStep(
  before: UnitStats | undefined,
  now: UnitStats,
  ms: number,
  members: number,
): Record<HistoryColumn, number> {
  const grouped = now.kind === "pool" || now.kind === "keyed";
  const rates = ratesBetween(before, now, ms, latencyBoundsMs);
  return {
    rate: rates?.perSecond ?? Number.NaN,
    failures: rates?.failedPerSecond ?? Number.NaN,
    p50: rates?.p50Ms ?? Number.NaN,
    p99: rates?.p99Ms ?? Number.NaN,
    waiting: now.waiting,
    executing: now.executing,
    oldestWaitMs: now.oldestWaitMs,
    members: grouped ? members : Number.NaN,
    ready: now.ready ?? Number.NaN,
    heapBytes: now.heapBytes ?? Number.NaN,
  };
}
