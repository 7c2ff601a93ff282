import { type Lesson, type Lessons, leastLoad, proofMs, reviewed, teach } from "./lessons.js";

/** What is known of a pool at one moment. Times are monotonic ms. */
export interface ScalingView {
  readonly now: number;
  /** Messages that wait for a member. */
  readonly waiting: number;
  /** How long the first of them has waited, ms; 0 for none. */
  readonly oldestWaitMs: number;
  /** Members that serve, or are on their way up; not those that leave, are parked, or drained by hand. */
  readonly members: number;
  /** Of them, those that serve. */
  readonly ready: number;
  /** Of those, the ones that work on a message. */
  readonly busy: number;
  /** Work done since the pool began, ms of one member. Of what still executes, the part until now. */
  readonly workedMs: number;
  /** Learned: what one message takes, ms; undefined before the first answer. */
  readonly serviceMs: number | undefined;
  /** Learned: from the wish for a member to its first message, ms; undefined before the first start. */
  readonly startMs: number | undefined;
  /** Learned: what one member takes of the memory, bytes; undefined where nobody can say. */
  readonly memberBytes: number | undefined;
  /** What members more may take, bytes. */
  readonly freeBytes: number;
  /** Cores of this machine. */
  readonly cores: number;
}

/** The bounds and aims of a pool's size. */
export interface ScalingLimits {
  readonly min: number;
  readonly max: number;
  /** No member more than cores: what one does keeps a core busy. */
  readonly cpuBound: boolean;
  /** A message shall wait no longer than this, ms. */
  readonly targetWaitMs: number;
  /** A size must have been too large for so long before a member goes, ms. */
  readonly shrinkAfterMs: number;
}

/** What the rule remembers from one look to the next; plain data, so that a decision can be replayed. */
export interface ScalingMemory {
  /** When the look before was, and what had been worked by then. */
  readonly at: number;
  readonly workedMs: number;
  /** Members' worth of work, averaged over the time that a message may wait, over `shrinkAfter` and over 16 times that. */
  readonly loads: readonly [number, number, number];
  /** What the load is at least; once that is disproven, the averages over the longer times begin anew. */
  readonly known: Lesson;
  /** Since when nothing at all was worked; undefined while something is. */
  readonly stillSince: number | undefined;
  /** At index n, since when n members would have done; undefined while they would not. */
  readonly enoughSince: readonly (number | undefined)[];
  /** The sizes that were outgrown. */
  readonly lessons: Lessons;
}

/** What a rule answers. */
export interface ScalingDecision {
  /** How many members there shall be. */
  readonly want: number;
  /** In one line, with numbers. */
  readonly why: string;
  readonly memory: ScalingMemory;
}

/** How large a pool shall be: a function of what is known, without a clock or chance of its own. */
export type ScalingRule = (
  view: ScalingView,
  limits: ScalingLimits,
  memory: ScalingMemory | undefined,
) => ScalingDecision;

/** Members are to be busy for this part of their time at most, on average: queues grow without end near 1. */
const FULL = 0.8;

/** The longest time a load is averaged over, in `shrinkAfter`s. */
const LONG = 16;

/** A load is not averaged over less, ms: between two looks of a busy pool lies a tenth of a second. */
const LEAST_WINDOW_MS = 100;

/**
 * Without any work for so many times `shrinkAfter`, and for the time of so many messages, all is forgotten. Too few messages
 * prove nothing, and what came by chance twice in a minute shall not find a pool that grows and shrinks for it.
 */
const STILL_SHRINKS = 4;
const STILL_MESSAGES = 120;

/**
 * Grows when a message that came now would wait longer than it takes to start a member, and longer than the aim; shrinks when
 * fewer would have done for a while:
 *
 *   wait = waiting × service ÷ members, or what the oldest has waited
 *
 *   wait > max(target, start) ──▶ what comes ÷ 0.8, at once             bounded by max, cores, memory
 *   load ÷ 0.8 < fewer, for all of shrinkAfter ──▶ fewer                 none that was outgrown at such a load
 *
 * A steady load never flaps: what it once outgrew it does not return to (lessons.ts).
 */
export const waitAndLoad: ScalingRule = (view, limits, before) => {
  const { members, waiting, oldestWaitMs } = view;
  const bounds = boundsOf(view, limits);
  const serviceMs = view.serviceMs ?? 0;
  const patience = Math.max(limits.targetWaitMs, view.startMs ?? 0);
  const memory = remembered(view, limits, before, Math.min(limits.shrinkAfterMs, Math.max(patience, LEAST_WINDOW_MS)));
  if (members < bounds.least)
    return { want: bounds.least, why: `${members} members, at least ${bounds.least}`, memory };
  if (members > bounds.most)
    return { want: bounds.most, why: `${members} members, at most ${bounds.most}: ${bounds.why}`, memory };
  const wait = Math.max((waiting * serviceMs) / Math.max(1, members), oldestWaitMs);
  const unserved = waiting > 0 && members === 0;
  if (!unserved && (waiting === 0 || wait <= patience)) return shrunk(view, limits, bounds.least, memory);
  const starting = members - view.ready;
  const wanted = Math.min(Math.ceil(coming(view, serviceMs, patience) / FULL), view.busy + waiting);
  // Those on their way up are the answer to what is seen now, unless it needs more than they are.
  const want = Math.min(bounds.most, Math.max(starting > 0 ? members : members + 1, wanted));
  if (want <= members) {
    const held =
      starting > 0 && bounds.most > members ? `${starting} on their way` : `and no member more: ${bounds.why}`;
    return { want: members, why: `${ms(wait)} to wait, ${held}`, memory };
  }
  const why = unserved
    ? `${waiting} waiting, and no member`
    : `${waiting} waiting × ${ms(serviceMs)} by ${members}: ${ms(wait)} to wait, over ${ms(patience)}`;
  const lessons = teach(memory.lessons, members, want, memory.known.load, view.now);
  return { want, why, memory: { ...memory, lessons, enoughSince: [] } };
};

/**
 * The load that comes now. All that came since the oldest came are waiting (Little's law), so they tell the rate; of a shorter time
 * than a message may wait, too few to tell it.
 */
function coming({ waiting, oldestWaitMs }: ScalingView, serviceMs: number, patience: number): number {
  return (waiting * serviceMs) / Math.max(oldestWaitMs, patience);
}

function remembered(
  { now, busy, workedMs, serviceMs = 0, waiting }: ScalingView,
  limits: ScalingLimits,
  before: ScalingMemory | undefined,
  windowMs: number,
): ScalingMemory {
  if (before === undefined) {
    const known = { load: 0, less: 0, still: 0, at: now };
    return { at: now, workedMs, loads: [busy, 0, 0], known, stillSince: undefined, enoughSince: [], lessons: [] };
  }
  const passedMs = now - before.at;
  // Two looks in the same microsecond: what was worked between them belongs to the next.
  if (passedMs < 0.001) return before;
  const worked = Math.max(0, workedMs - before.workedMs);
  const load = worked / passedMs;
  const averaged = (known: number, overMs: number) => known + (load - known) * (1 - Math.exp(-passedMs / overMs));
  const loads = [
    averaged(before.loads[0], windowMs),
    averaged(before.loads[1], limits.shrinkAfterMs),
    averaged(before.loads[2], limits.shrinkAfterMs * LONG),
  ] as const;
  const stillSince = worked > 0 || waiting > 0 || busy > 0 ? undefined : (before.stillSince ?? before.at);
  const stillFor = stillSince === undefined ? 0 : now - stillSince;
  const forgets = stillFor >= Math.max(limits.shrinkAfterMs * STILL_SHRINKS, serviceMs * STILL_MESSAGES);
  const proof = proofMs(serviceMs, limits.shrinkAfterMs);
  const least = leastKnown(loads, limits, windowMs, proof);
  const done = { now, passedMs, workedMs: worked, proofMs: proof };
  const known = reviewed(before.known, least, done);
  const lessons = forgets ? [] : before.lessons.map((lesson) => lesson && reviewed(lesson, least, done));
  return {
    at: now,
    workedMs,
    // What is no longer so must not look like it: an average that began at nothing tells too little, never too much.
    loads: known && !forgets ? loads : [loads[0], 0, 0],
    known: known && !forgets ? known : { load: 0, less: 0, still: 0, at: now },
    stillSince,
    enoughSince: before.enoughSince,
    lessons,
  };
}

/** What the load has been lately, at least. (An exponential average over a time is as sure as a plain one over twice that.) */
function leastKnown(
  [soon, lately, long]: ScalingMemory["loads"],
  { shrinkAfterMs }: ScalingLimits,
  windowMs: number,
  proof: number,
): number {
  return Math.max(
    leastLoad(soon, 2 * windowMs, proof),
    leastLoad(lately, 2 * shrinkAfterMs, proof),
    leastLoad(long, 2 * LONG * shrinkAfterMs, proof),
  );
}

function boundsOf({ cores, members, memberBytes, freeBytes }: ScalingView, { min, max, cpuBound }: ScalingLimits) {
  let most = max;
  let why = `max ${max}`;
  if (cpuBound && cores < most) {
    most = cores;
    why = `${cores} cores`;
  }
  if (memberBytes !== undefined && memberBytes > 0) {
    const fits = members + Math.floor(freeBytes / memberBytes);
    if (fits < most) {
      most = fits;
      why = `${mb(Math.max(0, freeBytes))} of memory left, ${mb(memberBytes)} each`;
    }
  }
  // What was asked for as the least is there, whatever it costs.
  return { least: min, most: Math.max(min, most), why };
}

function shrunk(view: ScalingView, limits: ScalingLimits, least: number, memory: ScalingMemory): ScalingDecision {
  const { members, now } = view;
  const load = memory.loads[0];
  const enoughSince: (number | undefined)[] = [];
  let want = members;
  let blocked: string | undefined;
  for (let size = members - 1; size >= least; size--) {
    const lesson = memory.lessons[size];
    const bears = size === 0 ? memory.stillSince !== undefined : load <= size * FULL;
    if (lesson !== undefined || !bears) {
      if (bears) blocked = `; ${size} was too small at ${lesson!.load.toFixed(2)}`;
      break;
    }
    const since = memory.enoughSince[size] ?? now;
    enoughSince[size] = since;
    if (now - since >= limits.shrinkAfterMs) want = size;
  }
  const heldFor = ms(limits.shrinkAfterMs);
  const why =
    want < members
      ? `load ${load.toFixed(2)} of ${members}: for ${heldFor} ${want} would have done`
      : `load ${load.toFixed(2)} of ${members}${blocked ?? ""}`;
  return { want, why, memory: { ...memory, enoughSince } };
}

function ms(value: number): string {
  return value < 1000 ? `${Number(value.toFixed(1))} ms` : `${Number((value / 1000).toFixed(1))} s`;
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
