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
  /** What came has changed too much, nothing has changed, or too little was seen before: no reason to keep it, and none to undo it. */
  | { readonly is: "unclear"; readonly why: string };

/** Answers that a stretch must have before its p99 says anything. */
const ENOUGH = 100;

/** So much more per second than those before could have answered, or so much less at p99, is help. */
const MORE_GOODPUT = 1.05;
const LESS_P99 = 0.9;

/** So much less per second is harm. */
const LESS_GOODPUT = 0.75;

/** Arrivals that differ by more make two stretches incomparable. */
const SAME_ARRIVALS = 1.5;

/** What n messages took together varies by so many times 1 ÷ √n by chance, one time in ten thousand: of exponential times. */
const CHANCE = 4;

/** How long a lesson holds at first, ms; twice as long after each in a row. */
const LESSON_MS = 60_000;
const LONGEST_LESSON_MS = 3_600_000;

/**
 * Whether members more have helped. A pool that waits for a database, or for a core that others use, gains nothing by members: as
 * many are answered as before, and each keeps a member for longer. What was added then goes again, and is not tried for a while.
 *
 *   much less answered, though as much came ──▶ undone
 *   more answered than those before could   ──▶ helped     by more than chance
 *   slow answers sooner, though as much came ─▶ helped
 *   each message costs more of a member     ──▶ undone     by the root of the growth, and by more than chance
 *   none of these                           ──▶ unclear    it may go by the rule
 *
 * What those before could answer is what they did, had they been busy all the time: answers ÷ the part of it that they were. A
 * load that began at once on an idle pool gets more answers, whatever grew.
 *
 * Chance undoes nothing: of members that merely find nothing to do, no message costs more.
 * @param after the stretch since the new members serve
 * @param before the lesson before it, if one was learned
 */
export function judgeGrowth(growth: Growth, after: Stretch, now: number, before: Lesson | undefined): GrowthVerdict {
  if (after.served < ENOUGH || after.forMs < growth.before.forMs / 2) return { is: "open" };
  const came = perMs(after.arrived, after) / Math.max(Number.MIN_VALUE, perMs(growth.before.arrived, growth.before));
  const comparable = came <= SAME_ARRIVALS && came >= 1 / SAME_ARRIVALS;
  const was = perMs(growth.before.served, growth.before);
  const is = perMs(after.served, after);
  const answers = `${perSecond(was)} → ${perSecond(is)} answers/s`;
  const p99 = `p99 ${ms(growth.before.p99Ms)} → ${ms(after.p99Ms)}`;
  const cost = `${ms(costOf(growth.before))} → ${ms(costOf(after))} of a member each`;
  const why = `${growth.from} → ${growth.to} members: ${answers}, ${p99}, ${cost}`;
  const chance = 1 + CHANCE * Math.sqrt(1 / after.served + 1 / Math.max(1, growth.before.served));
  // With fewer that came, fewer can be answered.
  const less = is * chance < was * LESS_GOODPUT * Math.min(1, came);
  if (comparable && less) return undone(growth, now, before, why);
  const { from, before: then } = growth;
  const [cheap, dear] = [costOf(then), costOf(after)];
  const known = cheap !== undefined && dear !== undefined;
  const could = known ? from / cheap : undefined;
  const more = could !== undefined && is > Math.max(was, could) * Math.max(MORE_GOODPUT, chance);
  const sooner = then.served >= ENOUGH && came >= 1 / SAME_ARRIVALS && lessP99(after, then);
  if (more || sooner) return { is: "helped", why };
  if (!comparable) return { is: "unclear", why: `${why}; but ×${came.toFixed(1)} came, ${ofThen(growth, could)}` };
  const dearer = known && dear / cheap > chance * Math.sqrt(growth.to / from);
  return dearer ? undone(growth, now, before, why) : { is: "unclear", why };
}

function undone({ from }: Growth, now: number, before: Lesson | undefined, why: string): GrowthVerdict {
  const times = before && before.size === from ? before.times + 1 : 1;
  const holdsMs = Math.min(LONGEST_LESSON_MS, LESSON_MS * 2 ** (times - 1));
  return { is: "undone", why, lesson: { size: from, until: now + holdsMs, times } };
}

/** Why more answers than before may be none of the growth's. */
function ofThen({ from, before }: Growth, could: number | undefined): string {
  if (before.served < ENOUGH || could === undefined) return `${before.served} answered before`;
  return `and ${from} could have answered ${perSecond(could)}/s`;
}

function lessP99({ p99Ms: is }: Stretch, { p99Ms: was }: Stretch): boolean {
  return is !== undefined && was !== undefined && is <= was * LESS_P99;
}

/** What one message keeps a member for, ms. */
function costOf({ load, forMs, served }: Stretch): number | undefined {
  return served > 0 && load > 0 ? (load * forMs) / served : undefined;
}

function perMs(count: number, { forMs }: Stretch): number {
  return count / Math.max(1, forMs);
}

function perSecond(perMs: number): string {
  return String(Number((perMs * 1000).toPrecision(3)));
}

function ms(value: number | undefined): string {
  return value === undefined ? "unknown" : `${Number(value.toPrecision(3))} ms`;
}
