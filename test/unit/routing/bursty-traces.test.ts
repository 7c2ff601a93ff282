import { describe, expect, test } from "vitest";
import { clairvoyantPlan } from "../../../bench/pools/clairvoyant.mjs";
import { readTrace, SHRINK_AFTER_MS, terms } from "../../../bench/pools/trace.mjs";
import { type Chance, seededChance } from "../../../src/clock.js";
import type { ScalingLimits } from "../../../src/routing/scaling/scaling-rule.js";
import { poisson, simulate, type Work } from "./simulated-pool.js";

const START_MS = 5;
const spares = { count: 2, startMs: START_MS, refillMs: 200 };

/** What the rule's sizes cost over the cheapest that would have done, had all been known beforehand. */
function costOver(arrivals: readonly Work[], forMs: number, limits: ScalingLimits): number {
  const { min, max, targetWaitMs } = limits;
  const plan = clairvoyantPlan({ arrivals, min, max, targetWaitMs, startMs: START_MS, stepMs: terms.stepMs, forMs });
  return simulate({ limits, startMs: 60, spares, forMs, arrivals }).memberMs / plan.memberMs;
}

/** Bursts of half to one and a half times `peak` members' worth of work, with silences between them that are none quite. */
function bursts({ forMs, chance, ...mean }: Bursts): Work[] {
  const exponential = (of: number) => -Math.log(1 - chance()) * of;
  const phases: { until: number; load: number }[] = [];
  for (let at = 0; at < forMs; ) {
    at += exponential(mean.quietMs);
    phases.push({ until: at, load: mean.quiet });
    at += exponential(mean.burstMs);
    phases.push({ until: at, load: mean.peak * (0.5 + chance()) });
  }
  const rate = (now: number) => (phases.find(({ until }) => until > now)!.load * 1000) / mean.serviceMs;
  return [...poisson(rate, mean.serviceMs, forMs, chance)];
}

interface Bursts {
  readonly forMs: number;
  readonly chance: Chance;
  readonly serviceMs: number;
  readonly burstMs: number;
  readonly quietMs: number;
  /** Members' worth of work. */
  readonly peak: number;
  readonly quiet: number;
}

describe("on a bursty load the members cost little more than those of a plan that knew it beforehand", () => {
  test("as it was recorded", () => {
    const { arrivals, forMs } = readTrace();
    const limits = { ...terms, cpuBound: false, shrinkAfterMs: SHRINK_AFTER_MS };
    expect(costOver(arrivals, forMs, limits)).toBeLessThan(1.25);
  });

  test.each([
    { serviceMs: 18, burstMs: 800, quietMs: 3000, peak: 4, quiet: 0.2 },
    { serviceMs: 10, burstMs: 3000, quietMs: 10_000, peak: 4, quiet: 0.5 },
    { serviceMs: 30, burstMs: 2000, quietMs: 2000, peak: 4, quiet: 0.3 },
    // Not looked at while the rule's numbers were found.
    { serviceMs: 14, burstMs: 500, quietMs: 5000, peak: 5, quiet: 0.4 },
  ])("$serviceMs ms a message, bursts of $burstMs ms after $quietMs ms", (mean) => {
    const forMs = 60_000;
    const arrivals = bursts({ ...mean, forMs, chance: seededChance(mean.serviceMs) });
    const limits = { ...terms, max: 16, cpuBound: false, shrinkAfterMs: SHRINK_AFTER_MS };
    expect(costOver(arrivals, forMs, limits)).toBeLessThan(1.25);
  });
});

test("in a burst the slowest hundredth waits as in a pool that always had all members, where growing takes little", () => {
  const limits: ScalingLimits = { min: 1, max: 4, cpuBound: false, targetWaitMs: 5, shrinkAfterMs: 200 };
  const ratios = Array.from({ length: 15 }, (_, seed) => {
    const chance = seededChance(seed);
    const rate = (now: number) => (now < 3000 ? 20 : 300);
    const arrivals = [...poisson(rate, 10, 3600, chance)].map(({ at }) => ({ at, serviceMs: 10 }));
    const burst = arrivals.filter(({ at }) => at >= 3000).length;
    const p99 = (min: number) => {
      const own = { ...limits, min };
      const kept = { count: 3, startMs: START_MS, refillMs: 300 };
      const { latencies } = simulate({ limits: own, startMs: 60, spares: kept, forMs: 6000, arrivals });
      return latencies.slice(-burst).toSorted((a, b) => a - b)[Math.floor(burst * 0.99)]!;
    };
    return p99(1) / p99(4);
  });
  expect(ratios.toSorted((a, b) => a - b)[7]).toBeLessThan(1.15);
});
