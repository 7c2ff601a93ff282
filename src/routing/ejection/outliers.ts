/** What is known of how a member does, beside the others. */
export interface Conduct {
  readonly id: string;
  /** Messages it answered since it joined or returned, failed ones included. */
  readonly answered: number;
  /** Of the latest, those in a row that failed. */
  readonly failedInRow: number;
  /** The part of its latest answers that failed, 0 to 1. */
  readonly failing: number;
  /** What a message takes it, ms; undefined before the first. */
  readonly serviceMs: number | undefined;
  /** It is ejected now. */
  readonly ejected: boolean;
  /** How often it was ejected, without a long time of good conduct between. */
  readonly times: number;
}

/** When a member is one that misbehaves. */
export interface EjectionLimits {
  /** Failures in a row. */
  readonly failures: number;
  /** So many times what a message takes the others. */
  readonly slower: number;
  /** How long it is ejected at first, ms; twice as long each next time. */
  readonly forMs: number;
  /** At most so long, ms. */
  readonly longestMs: number;
  /** The part of the members that may be ejected at once, 0 to 1. One of two may, the last one never. */
  readonly most: number;
}

export interface Ejection {
  readonly id: string;
  readonly forMs: number;
  /** In one line, with numbers. */
  readonly why: string;
}

/** Answers that a member and the others must have before they are compared. */
const ENOUGH = 20;

/** So much more of its answers must fail than of the others', as parts of all. */
const WORSE_BY = 0.4;

/** Members that differ by less than this take the same, ms: a garbage collection is no misconduct. */
const SLOWER_BY_MS = 1;

/**
 * Which members misbehave beside the others, the worst first (Envoy's outlier detection, of which this has the three
 * questions): failures in a row, a larger part of failures, a longer time for a message. What all suffer from is nobody's
 * misconduct: the last two are asked beside the median of the others, and never more than `most` of all are ejected.
 */
export function judgeOutliers(members: readonly Conduct[], limits: EjectionLimits): Ejection[] {
  let room = Math.min(members.length - 1, Math.max(1, Math.floor(members.length * limits.most)));
  room -= members.filter(({ ejected }) => ejected).length;
  if (room <= 0) return [];
  return members
    .filter(({ ejected }) => !ejected)
    .map((member) => ({ member, why: misconduct(member, members, limits) }))
    .filter((one): one is { member: Conduct; why: string } => one.why !== undefined)
    .sort((a, b) => b.member.failing - a.member.failing || (b.member.serviceMs ?? 0) - (a.member.serviceMs ?? 0))
    .slice(0, room)
    .map(({ member: { id, times }, why }) => ({ id, why, forMs: ejectedFor(times, limits) }));
}

/** @param times how often before */
function ejectedFor(times: number, { forMs, longestMs }: EjectionLimits): number {
  return Math.min(longestMs, forMs * 2 ** Math.min(times, 30));
}

function misconduct(member: Conduct, members: readonly Conduct[], limits: EjectionLimits): string | undefined {
  const { failedInRow, failing, serviceMs, answered } = member;
  if (failedInRow >= limits.failures) return `${failedInRow} failures in a row`;
  if (answered < ENOUGH) return undefined;
  const others = members.filter((other) => other !== member && !other.ejected && other.answered >= ENOUGH);
  if (others.length === 0) return undefined;
  const usual = median(others.map((other) => other.failing));
  if (failing > usual + WORSE_BY) return `${percent(failing)} of its answers fail, ${percent(usual)} of the others'`;
  const usualMs = median(others.flatMap((other) => other.serviceMs ?? []));
  if (serviceMs === undefined || !(serviceMs > usualMs * limits.slower && serviceMs > usualMs + SLOWER_BY_MS)) {
    return undefined;
  }
  return `a message takes it ${ms(serviceMs)}, the others ${ms(usualMs)}`;
}

/** NaN of none. */
function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function ms(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}
