import { p99, type Seen } from "./seen.js";

/** What a new version may do on probation, and how long that lasts; times in ms. */
export interface ProbationRules {
  readonly requests: number;
  readonly withinMs: number;
  readonly maxErrors: number;
  readonly maxLatencyRatio: number;
  /** Slower by less than this is no slower. */
  readonly latencySlackMs: number;
  readonly maxDrift: number;
}

export interface ProbationView {
  readonly fresh: Seen;
  readonly old: Seen;
  readonly drift: { readonly sum: number; readonly count: number };
  /** Why the latest of its failed requests failed. */
  readonly lastError: string | undefined;
  readonly elapsedMs: number;
}

export interface Verdict {
  readonly promote: boolean;
  /** In numbers. */
  readonly why: string;
}

/**
 * What becomes of a version on probation; undefined while that is open. Pure. Errors and a drift that nothing can make good
 * end it at once; latency is looked at when it is over, because single answers tell nothing of a percentile.
 */
export function verdict(rules: ProbationRules, view: ProbationView): Verdict | undefined {
  const { fresh, old, drift, elapsedMs } = view;
  const asked = fresh.answered + fresh.errors;
  if (fresh.errors > rules.maxErrors) {
    const why = `${fresh.errors} of ${asked} requests failed, ${rules.maxErrors} may; the latest: ${view.lastError}`;
    return { promote: false, why };
  }
  const inTime = elapsedMs < rules.withinMs;
  // Where requests come, the share lets one through sooner or later.
  const over = asked >= rules.requests || (!inTime && (asked > 0 || old.answered === 0));
  const planned = over ? drift.count : rules.requests;
  if (drift.count > 0 && !(drift.sum <= rules.maxDrift * planned)) {
    const mean = drift.sum / drift.count;
    return {
      promote: false,
      why: `drift ${number(mean)} over ${drift.count} requests, at most ${rules.maxDrift} may be`,
    };
  }
  if (!over) return undefined;
  const [slow, before] = [p99(fresh), p99(old)];
  const slower = slow > before * rules.maxLatencyRatio && slow - before > rules.latencySlackMs;
  if (slower) return { promote: false, why: `${latency(slow, before)}, at most ${rules.maxLatencyRatio} x may be` };
  if (asked === 0) return { promote: true, why: `no request came within ${seconds(rules.withinMs)}` };
  const drifted = drift.count > 0 ? [`drift ${number(drift.sum / drift.count)}`] : [];
  const parts = [
    `${asked} requests in ${seconds(elapsedMs)}`,
    `${fresh.errors} failed`,
    latency(slow, before),
    ...drifted,
  ];
  return { promote: true, why: parts.join(", ") };
}

function latency(slow: number, before: number): string {
  if (Number.isNaN(before)) return `p99 ${number(slow)} ms`;
  return `p99 ${number(slow)} ms, ${number(slow / before)} x that of the old version (${number(before)} ms)`;
}

function seconds(ms: number): string {
  return `${number(ms / 1000)} s`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
