import type { Chance } from "../../../src/clock.js";
import { type LearnedService, observeService } from "../../../src/routing/scaling/learned-service.js";
import {
  type ScalingDecision,
  type ScalingLimits,
  type ScalingMemory,
  type ScalingRule,
  type ScalingView,
  waitAndLoad,
} from "../../../src/routing/scaling/scaling-rule.js";

/** One message: when it comes, and what it takes; ms. */
export interface Work {
  readonly at: number;
  readonly serviceMs: number;
}

/** A load on a pool that is only thought of. */
export interface Trial {
  readonly limits: ScalingLimits;
  /** In the order of their coming. */
  readonly arrivals: Iterable<Work>;
  readonly startMs: number;
  readonly forMs: number;
  /** Parked hosts: so many starts take only so long, and each is there again some time later. */
  readonly spares?: { readonly count: number; readonly startMs: number; readonly refillMs: number };
  readonly rule?: ScalingRule;
  readonly cores?: number;
  readonly memberBytes?: number;
  readonly bytes?: number;
  /** Members at the beginning; `min` if not told. */
  readonly begin?: number;
  /** Sees every decision. */
  readonly onDecision?: (view: ScalingView, before: ScalingMemory | undefined, decision: ScalingDecision) => void;
}

export interface Seen {
  /** Each change of the wanted size. */
  readonly sizes: { readonly at: number; readonly want: number; readonly why: string }[];
  /** Of each message that began: how long it waited, ms. */
  readonly waits: number[];
  /** Of each message that began: from its coming to its answer, ms. */
  readonly latencies: number[];
  /** Milliseconds of all members together, those that start and those that finish included. */
  memberMs: number;
  /** Wanted at the end. */
  want: number;
}

/** A busy pool is looked at so often, or as often as members may go. */
const LOOK_MS = 100;
const SOONEST_MS = 20;

/** Poisson arrivals with exponential service. */
export function* poisson(
  ratePerS: number | ((now: number) => number),
  serviceMs: number,
  forMs: number,
  chance: Chance,
): Generator<Work> {
  const exponential = (mean: number) => -Math.log(1 - chance()) * mean;
  for (let now = 0; ; ) {
    const rate = typeof ratePerS === "number" ? ratePerS : ratePerS(now);
    if (rate <= 0) {
      now += LOOK_MS;
    } else {
      now += exponential(1000 / rate);
      if (now < forMs) yield { at: now, serviceMs: exponential(serviceMs) };
    }
    if (now >= forMs) return;
  }
}

interface Member {
  /** Serves from then on. */
  readonly from: number;
  /** Busy since and until; what it works on came then. */
  since: number;
  until: number;
  leaves: boolean;
}

/** One queue, members that take their time to start and finish what they began; the rule is asked as the pool asks it. */
export function simulate(trial: Trial): Seen {
  const { limits, rule = waitAndLoad, forMs, begin = limits.min } = trial;
  const seen: Seen = { sizes: [], waits: [], latencies: [], memberMs: 0, want: begin };
  const queue: Work[] = [];
  let head = 0;
  let members: Member[] = Array.from({ length: begin }, () => ({ from: 0, since: 0, until: 0, leaves: false }));
  /** When each of the parked hosts is there (again). */
  const parked: number[] = Array.from({ length: trial.spares?.count ?? 0 }, () => 0);
  let memory: ScalingMemory | undefined;
  let workedMs = 0;
  let service: LearnedService | undefined;
  const ends: { at: number; took: number }[] = [];

  const startOf = (now: number) => {
    const spare = parked.findIndex((at) => at <= now);
    return spare < 0 ? { ms: trial.startMs, spare } : { ms: trial.spares!.startMs, spare };
  };
  const look = (now: number) => {
    let busy = 0;
    let ready = 0;
    let ahead = 0;
    for (const member of members) {
      if (member.until > now && member.since < now) ahead += member.until - now;
      if (member.leaves) continue;
      if (member.from <= now) ready++;
      if (member.from <= now && member.until > now) busy++;
    }
    for (const { at, took } of ends.splice(0)) service = observeService(service, took, at);
    const view: ScalingView = {
      now,
      waiting: queue.length - head,
      oldestWaitMs: head < queue.length ? now - queue[head]!.at : 0,
      members: seen.want,
      ready,
      busy,
      workedMs: workedMs - ahead,
      serviceMs: service?.ms,
      startMs: startOf(now).ms,
      memberBytes: trial.memberBytes,
      freeBytes: (trial.bytes ?? Number.POSITIVE_INFINITY) - members.length * (trial.memberBytes ?? 0),
      cores: trial.cores ?? 64,
    };
    const decision = rule(view, limits, memory);
    trial.onDecision?.(view, memory, decision);
    memory = decision.memory;
    const { want } = decision;
    if (want === seen.want) return;
    for (let more = want - seen.want; more > 0; more--) {
      const { ms, spare } = startOf(now);
      if (spare >= 0) parked[spare] = now + trial.spares!.refillMs;
      members.push({ from: now + ms, since: now + ms, until: now + ms, leaves: false });
    }
    // The idle ones first; one that works finishes first.
    const staying = members.filter(({ leaves }) => !leaves).sort((a, b) => a.until - b.until);
    for (const member of staying.slice(0, Math.max(0, seen.want - want))) {
      if (member.until <= now || member.from > now) members = members.filter((other) => other !== member);
      else member.leaves = true;
    }
    seen.want = want;
    seen.sizes.push({ at: now, want, why: decision.why });
  };

  const arrivals = trial.arrivals[Symbol.iterator]();
  let next = arrivals.next();
  const lookMs = Math.min(LOOK_MS, Math.max(SOONEST_MS, limits.shrinkAfterMs));
  let looked = 0;
  for (let now = 0; now < forMs; ) {
    for (const member of members) {
      if (head === queue.length) break;
      if (member.leaves || member.from > now || member.until > now) continue;
      const { at, serviceMs } = queue[head++]!;
      member.since = now;
      member.until = now + serviceMs;
      workedMs += serviceMs;
      ends.push({ at: member.until, took: serviceMs });
      seen.waits.push(now - at);
      seen.latencies.push(member.until - at);
    }
    if (head > 4096) {
      queue.splice(0, head);
      head = 0;
    }
    let then = Math.min(looked + lookMs, forMs);
    if (!next.done && next.value.at < then) then = next.value.at;
    for (const { until } of members) if (until > now && until < then) then = until;
    seen.memberMs += members.length * (then - now);
    now = then;
    if (members.some(({ leaves, until }) => leaves && until <= now))
      members = members.filter(({ leaves, until }) => !leaves || until > now);
    if (!next.done && now >= next.value.at) {
      queue.push(next.value);
      next = arrivals.next();
      if (!members.some(({ leaves, from, until }) => !leaves && from <= now && until <= now)) look(now);
    }
    if (now >= looked + lookMs) {
      looked = now;
      look(now);
    }
  }
  return seen;
}

/** How often a pool grew again after it had shrunk after it had grown. */
export function oscillations({ sizes }: Seen, begin: number): number {
  let before = begin;
  let grown = false;
  let shrunk = false;
  let count = 0;
  for (const { want } of sizes) {
    if (want < before && grown) shrunk = true;
    if (want > before) {
      if (shrunk) count++;
      grown = true;
      shrunk = false;
    }
    before = want;
  }
  return count;
}
