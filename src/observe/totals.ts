import type { LatencyStats, SystemStats, UnitStats } from "../system/stats.js";

/** What a unit and all below it have counted. */
export interface Total {
  readonly path: string;
  readonly kind: UnitStats["kind"];
  answered: number;
  told: number;
  failed: Record<string, number>;
  latency?: { count: number; sumMs: number; buckets: number[] };
  waiting: number;
  executing: number;
  /** Units that are part of it; undefined of what has none. */
  members: number | undefined;
  /** Of these, the ones that run. */
  readonly ready: number | undefined;
}

/**
 * Units by path, each supervisor with the sum of what is below it: pure. What is part of a pool or group has no mail of its own,
 * and is counted as a member there.
 */
export function totalsOf({ units }: Pick<SystemStats, "units">): Map<string, Total> {
  const totals = new Map<string, Total>();
  const supervisors = new Set<string>();
  for (const unit of units) {
    if (unit.kind === "supervisor") supervisors.add(unit.path);
    if (unit.partOf === undefined) totals.set(unit.path, totalOf(unit));
  }
  for (const unit of units) {
    if (unit.partOf !== undefined) {
      const group = totals.get(unit.partOf);
      if (group) group.members = (group.members ?? 0) + 1;
      continue;
    }
    for (let at = unit.path.lastIndexOf("/"); at > 0; at = unit.path.lastIndexOf("/", at - 1)) {
      const above = unit.path.slice(0, at);
      if (supervisors.has(above)) add(totals.get(above)!, unit);
    }
  }
  return totals;
}

function totalOf({ path, kind, answered, told, failed, latency, waiting, executing, ready }: UnitStats): Total {
  return {
    path,
    kind,
    answered,
    told,
    failed: { ...failed },
    ...(latency ? { latency: { ...latency, buckets: [...latency.buckets] } } : {}),
    waiting,
    executing,
    ready,
    members: kind === "pool" || kind === "keyed" ? 0 : undefined,
  };
}

function add(total: Total, unit: UnitStats): void {
  total.answered += unit.answered;
  total.told += unit.told;
  total.waiting += unit.waiting;
  total.executing += unit.executing;
  for (const [code, count] of Object.entries(unit.failed)) total.failed[code] = (total.failed[code] ?? 0) + count;
  if (unit.latency) addLatency(total, unit.latency);
}

function addLatency(total: Total, { count, sumMs, buckets }: LatencyStats): void {
  total.latency ??= { count: 0, sumMs: 0, buckets: buckets.map(() => 0) };
  total.latency.count += count;
  total.latency.sumMs += sumMs;
  buckets.forEach((value, index) => {
    total.latency!.buckets[index] = (total.latency!.buckets[index] ?? 0) + value;
  });
}
