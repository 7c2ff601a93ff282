import type { Chance } from "../../../src/clock.js";
import {
  type ScalingLimits,
  type ScalingMemory,
  type ScalingRule,
  waitAndLoad,
} from "../../../src/routing/scaling/scaling-rule.js";

/** A load on a pool that is only thought of. */
export interface Trial {
  readonly limits: ScalingLimits;
  /** Messages per second at a moment. */
  readonly rate: (now: number) => number;
  readonly serviceMs: number;
  readonly startMs: number;
  readonly forMs: number;
  readonly chance: Chance;
  readonly rule?: ScalingRule;
  readonly cores?: number;
  readonly memberBytes?: number;
  readonly bytes?: number;
}

export interface Seen {
  /** Each change of the wanted size. */
  readonly sizes: { readonly at: number; readonly want: number; readonly why: string }[];
  readonly waits: number[];
  /** Milliseconds of all members together, those that start included. */
  memberMs: number;
  readonly served: number;
}

const LOOK_MS = 100;

/** Poisson arrivals, exponential service, one queue, members that take their time to start; the rule is asked as the pool asks. */
export function simulate(trial: Trial): Seen {
  const { limits, chance, rule = waitAndLoad, serviceMs, startMs } = trial;
  const exponential = (mean: number) => -Math.log(1 - chance()) * mean;
  const queue: number[] = [];
  const seen = { sizes: [] as Seen["sizes"], waits: [] as number[], memberMs: 0, served: 0 };
  /** When each serves, and until when it is busy. */
  let members: { from: number; until: number }[] = Array.from({ length: limits.min }, () => ({ from: 0, until: 0 }));
  let memory: ScalingMemory | undefined;
  let workedMs = 0;
  let want = limits.min;
  const look = (now: number) => {
    const busy = members.filter(({ from, until }) => from <= now && until > now);
    const freeBytes = (trial.bytes ?? Number.POSITIVE_INFINITY) - members.length * (trial.memberBytes ?? 0);
    const decision = rule(
      {
        now,
        waiting: queue.length,
        oldestWaitMs: queue.length > 0 ? now - queue[0]! : 0,
        members: want,
        ready: members.filter(({ from }) => from <= now).length,
        busy: busy.length,
        workedMs: workedMs - busy.reduce((sum, { until }) => sum + (until - now), 0),
        serviceMs: seen.served > 0 ? serviceMs : undefined,
        startMs,
        memberBytes: trial.memberBytes,
        freeBytes,
        cores: trial.cores ?? 64,
      },
      limits,
      memory,
    );
    memory = decision.memory;
    if (decision.want === want) return;
    want = decision.want;
    seen.sizes.push({ at: now, want, why: decision.why });
    while (members.length < want) members.push({ from: now + startMs, until: now + startMs });
    // The idle ones first; one that works finishes first.
    members = members.sort((a, b) => a.until - b.until).slice(members.length - want);
  };
  let next = 0;
  const arrive = (now: number) => {
    const rate = trial.rate(now);
    next = rate > 0 ? now + exponential(1000 / rate) : now + LOOK_MS;
    if (rate > 0) queue.push(now);
  };
  arrive(0);
  let looked = 0;
  for (let now = 0; now < trial.forMs; ) {
    const free = members.filter(({ from, until }) => from <= now && until <= now);
    for (const member of free) {
      const since = queue.shift();
      if (since === undefined) break;
      const took = exponential(serviceMs);
      member.until = now + took;
      workedMs += took;
      seen.served++;
      seen.waits.push(now - since);
    }
    if (queue.length > 0) look(now);
    const ends = members.map(({ from, until }) => Math.max(from, until)).filter((at) => at > now);
    const then = Math.min(next, looked + LOOK_MS, ...ends);
    seen.memberMs += members.length * (then - now);
    now = then;
    if (now >= next) arrive(now);
    if (now >= looked + LOOK_MS) {
      looked = now;
      look(now);
    }
  }
  return seen;
}
