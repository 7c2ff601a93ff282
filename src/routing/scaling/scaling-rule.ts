/** What is known of a pool at one moment. Times are monotonic ms. */
export interface ScalingView {
  readonly now: number;
  /** Messages that wait for a member. */
  readonly waiting: number;
  /** How long the first of them has waited, ms; 0 for none. */
  readonly oldestWaitMs: number;
  /** Members that serve, or are on their way up; those on their way down are no more counted. */
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
  /** Members' worth of work in the latest time, averaged over a fraction of `shrinkAfterMs`. */
  readonly load: number;
  /** Since when a smaller size would have done; undefined while it would not. */
  readonly spareSince: number | undefined;
  /** No shrinking before: a burst is seldom alone. */
  readonly calmFrom: number;
  /** At which load each size was once found too small: at index n, n members. */
  readonly tooSmall: readonly (number | undefined)[];
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

/** A size that was too small at a load is tried again only where the load is this part of it. */
const TRIED_AGAIN = 0.75;

/** A wish for so many times the members there are is a burst: nothing shrinks for a while. */
const BURST = 2;

/** For so many times `shrinkAfterMs`. */
const BURST_CALM = 2;

/**
 * Grows when a message that came now would wait longer than it takes to start a member, and longer than the aim; shrinks when
 * fewer would have done for a while:
 *
 *   wait = waiting × service ÷ members     work in sight = load + waiting × service ÷ patience
 *
 *   wait > max(target, start) ──▶ work in sight ÷ 0.8, at once           bounded by max, cores, memory
 *   load ÷ 0.8 < members − 1, for shrinkAfter ──▶ one fewer             never to what was too small at such a load
 *
 * A steady load never flaps: what it once outgrew it does not return to.
 */
export const waitAndLoad: ScalingRule = (view, limits, before) => {
  const { now, members, waiting, oldestWaitMs, workedMs } = view;
  const bounds = boundsOf(view, limits);
  const load = loadOf(view, limits, before);
  const serviceMs = view.serviceMs ?? 0;
  const patience = Math.max(limits.targetWaitMs, view.startMs ?? 0);
  const backlogMs = waiting * serviceMs;
  const wait = Math.max(backlogMs / Math.max(1, members), oldestWaitMs);
  const memory: ScalingMemory = {
    at: now,
    workedMs,
    load,
    spareSince: before?.spareSince,
    calmFrom: before?.calmFrom ?? now,
    tooSmall: before?.tooSmall ?? [],
  };
  if (members < bounds.least)
    return { want: bounds.least, why: `${members} members, at least ${bounds.least}`, memory };
  if (members > bounds.most)
    return { want: bounds.most, why: `${members} members, at most ${bounds.most}: ${bounds.why}`, memory };
  const unserved = waiting > 0 && members === 0;
  if (unserved || (waiting > 0 && wait > patience)) {
    const starting = members > view.ready;
    const wanted = Math.ceil(
      (Math.max(load, view.busy) * (serviceMs > 0 ? 1 : 0) + (serviceMs > 0 ? backlogMs / patience : 1)) / FULL,
    );
    // Those on their way up are the answer to what is seen now, unless it needs more than they are.
    const want = Math.min(bounds.most, Math.max(starting ? members : members + 1, wanted));
    if (want <= members) {
      const held = starting && bounds.most > members;
      const why = `${ms(wait)} to wait, ${held ? `${members - view.ready} on their way` : `and no member more: ${bounds.why}`}`;
      return { want: members, why, memory: { ...memory, spareSince: undefined } };
    }
    const burst = wanted >= BURST * Math.max(1, members);
    const why = `${waiting} waiting × ${ms(serviceMs)} by ${members}: ${ms(wait)} to wait, over ${ms(patience)}`;
    return { want, why: burst ? `${why}; a burst` : why, memory: outgrown(memory, view, limits, burst) };
  }
  return shrunk(view, limits, bounds.least, memory);
};

/** Members' worth of work: what was done since the look before, averaged with what was known. */
function loadOf(
  { now, workedMs, busy }: ScalingView,
  { shrinkAfterMs }: ScalingLimits,
  before: ScalingMemory | undefined,
): number {
  if (before === undefined) return busy;
  const passed = now - before.at;
  if (passed <= 0) return before.load;
  const fresh = Math.max(0, workedMs - before.workedMs) / passed;
  const weight = 1 - Math.exp((-passed * LOAD_WINDOWS) / Math.max(1, shrinkAfterMs));
  return before.load + (fresh - before.load) * weight;
}

/** The load is averaged over this part of the time that a shrink waits. */
const LOAD_WINDOWS = 3;

function boundsOf({ cores, members, memberBytes, freeBytes }: ScalingView, { min, max, cpuBound }: ScalingLimits) {
  let most = max;
  let why = `max ${max}`;
  if (cpuBound && cores < most) {
    most = cores;
    why = `${cores} cores`;
  }
  if (memberBytes !== undefined && memberBytes > 0) {
    const fits = members + Math.max(0, Math.floor(freeBytes / memberBytes));
    if (fits < most) {
      most = fits;
      why = `${mb(freeBytes)} of memory left, ${mb(memberBytes)} each`;
    }
  }
  // What was asked for as the least is there, whatever it costs.
  return { least: min, most: Math.max(min, most), why };
}

function outgrown(
  memory: ScalingMemory,
  { members, now }: ScalingView,
  limits: ScalingLimits,
  burst: boolean,
): ScalingMemory {
  const tooSmall = [...memory.tooSmall];
  // A burst says nothing of the load that this size can take for long.
  if (!burst) tooSmall[members] = Math.min(tooSmall[members] ?? Number.POSITIVE_INFINITY, memory.load);
  const calmFrom = burst ? now + limits.shrinkAfterMs * BURST_CALM : memory.calmFrom;
  return { ...memory, tooSmall, calmFrom, spareSince: undefined };
}

function shrunk(view: ScalingView, limits: ScalingLimits, least: number, memory: ScalingMemory): ScalingDecision {
  const { members, now } = view;
  const { load } = memory;
  const stays = (why: string, spareSince?: number) => ({ want: members, why, memory: { ...memory, spareSince } });
  if (members <= least) return stays(`${members} members, at least ${least}`);
  const fewer = members - 1;
  const bears = Math.min(fewer * FULL, (memory.tooSmall[fewer] ?? Number.POSITIVE_INFINITY) * TRIED_AGAIN);
  const idle = load < IDLE && view.busy === 0 && view.waiting === 0;
  if (!idle && (load > bears || view.waiting > 0)) return stays(`load ${load.toFixed(2)} of ${members}`);
  const since = memory.spareSince ?? now;
  if (now < Math.max(since + limits.shrinkAfterMs, memory.calmFrom)) return stays(`${fewer} would do, for now`, since);
  const want = Math.max(least, fewestFor(load, fewer, memory));
  const why = `load ${load.toFixed(2)} for ${ms(now - since)}: ${want} bear it`;
  return { want, why, memory: { ...memory, spareSince: now } };
}

/** The smallest size, of those up to `most`, that was not seen to be too small for a load. */
function fewestFor(load: number, most: number, { tooSmall }: ScalingMemory): number {
  let size = most;
  while (
    size > 0 &&
    load <= Math.min((size - 1) * FULL, (tooSmall[size - 1] ?? Number.POSITIVE_INFINITY) * TRIED_AGAIN)
  )
    size--;
  return load < IDLE ? 0 : size;
}

/** Members' worth of work that is none. */
const IDLE = 0.01;

function ms(value: number): string {
  return value < 1000 ? `${Number(value.toFixed(1))} ms` : `${Number((value / 1000).toFixed(1))} s`;
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
