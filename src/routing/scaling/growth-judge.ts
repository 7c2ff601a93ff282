/** What a pool did over a stretch of time. */
export interface Stretch {
  readonly forMs: number;
  /** Messages answered in time. */
  readonly served: number;
  /** Messages that came. */
  readonly arrived: number;
  /** From acceptance to the answer, ms; undefined where nothing was answered. */
  readonly p99Ms: number | undefined;
  /** Members that worked, on average. */
  readonly load: number;
}

/** A growth that waits to be judged. */
export interface Growth {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** The stretch before it. */
  readonly before: Stretch;
}

/** Of a growth that did not help: up to this size, no more is tried before then. */
export interface Lesson {
  readonly size: number;
  readonly until: number;
  /** How often in a row. */
  readonly times: number;
}

export type GrowthVerdict =
  /** Not enough was seen since. */
  | { readonly is: "open" }
  | { readonly is: "helped"; readonly why: string }
  /** Back to where it was; `lesson` says for how long. */
  | { readonly is: "undone"; readonly why: string; readonly lesson: Lesson }
  /** What came has changed so much that nothing can be said. */
  | { readonly is: "unclear"; readonly why: string };

/** Answers that a stretch must have before its p99 says anything. */
const ENOUGH = 100;

/** So much more per second, or so much less at p99, is help. */
const MORE_GOODPUT = 1.05;
const LESS_P99 = 0.9;

/** Arrivals that differ by more make two stretches incomparable. */
const SAME_ARRIVALS = 1.5;

/** How long a lesson holds at first, ms; twice as long after each in a row. */
const LESSON_MS = 60_000;
const LONGEST_LESSON_MS = 3_600_000;

/**
 * Whether members more have helped: more was answered in a second, or the slow answers came sooner. A pool that waits for a
 * database, or for a core that others use, gains nothing by members: what was added goes again, and is not tried for a while.
 *
 * @param after the stretch since the new members serve
 * @param before the lesson before it, if one was learned
 */
export function judgeGrowth(growth: Growth, after: Stretch, now: number, before: Lesson | undefined): GrowthVerdict {
  if (after.served < ENOUGH || after.forMs < growth.before.forMs / 2) return { is: "open" };
  const rate = ({ arrived, forMs }: Stretch) => arrived / Math.max(1, forMs);
  const ratio = rate(after) / Math.max(Number.MIN_VALUE, rate(growth.before));
  const was = growth.before.served / Math.max(1, growth.before.forMs);
  const is = after.served / Math.max(1, after.forMs);
  const seconds = `${perSecond(was)} → ${perSecond(is)} answers/s`;
  const p99 = `p99 ${ms(growth.before.p99Ms)} → ${ms(after.p99Ms)}`;
  const why = `${growth.from} → ${growth.to} members: ${seconds}, ${p99}`;
  const sooner =
    after.p99Ms !== undefined && (growth.before.p99Ms === undefined || after.p99Ms <= growth.before.p99Ms * LESS_P99);
  if (is >= was * MORE_GOODPUT || sooner) return { is: "helped", why };
  if (ratio > SAME_ARRIVALS || ratio < 1 / SAME_ARRIVALS)
    return { is: "unclear", why: `${why}; but ×${ratio.toFixed(1)} came` };
  const times = before && before.size === growth.from ? before.times + 1 : 1;
  const holdsMs = Math.min(LONGEST_LESSON_MS, LESSON_MS * 2 ** (times - 1));
  return { is: "undone", why, lesson: { size: growth.from, until: now + holdsMs, times } };
}

function perSecond(perMs: number): string {
  return String(Number((perMs * 1000).toPrecision(3)));
}

function ms(value: number | undefined): string {
  return value === undefined ? "unknown" : `${Number(value.toPrecision(3))} ms`;
}
