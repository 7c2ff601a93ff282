import { describe, expect, it } from "vitest";
import { type Arrival, clairvoyantPlan } from "../../../bench/pools/clairvoyant.mjs";
import { readTrace, terms } from "../../../bench/pools/trace.mjs";
import { seededChance } from "../../../src/clock.js";

const bounds = { min: 1, max: 3, targetWaitMs: 10, startMs: 4, stepMs: 10 };

/** What each of all possible rows of sizes costs, in the plainest way: the least of those that do the work in time. */
function tried(load: Parameters<typeof clairvoyantPlan>[0]): number | undefined {
  const { arrivals, min, max, targetWaitMs, startMs, stepMs, forMs } = load;
  const steps = Math.ceil(forMs / stepMs);
  const sizes = max - min + 1;
  let least: number | undefined;
  for (let row = 0; row < sizes ** steps; row++) {
    const plan = Array.from({ length: steps }, (_, step) => min + (Math.floor(row / sizes ** step) % sizes));
    let done = 0;
    let cost = 0;
    const fits = plan.every((size, step) => {
      const until = (step + 1) * stepMs;
      const sum = (of: readonly Arrival[]) => of.reduce((total, { serviceMs }) => total + serviceMs, 0);
      const came = sum(arrivals.filter(({ at }) => at < until));
      const due = sum(
        arrivals.filter(({ at, serviceMs }) => {
          const last = Math.ceil((at + targetWaitMs + serviceMs) / stepMs) * stepMs;
          return last <= until;
        }),
      );
      done = Math.min(came, done + size * stepMs);
      cost += size * stepMs + Math.max(0, size - (plan[step - 1] ?? min)) * startMs;
      return done >= due - 1e-6;
    });
    if (fits && (least === undefined || cost < least)) least = cost;
  }
  return least;
}

describe("the plan of one who knows what is to come", () => {
  it("costs the least of all rows of sizes that do the work in time", () => {
    let planned = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const chance = seededChance(seed);
      const ats = Array.from({ length: 2 + Math.floor(chance() * 8) }, () => chance() * 55).sort((a, b) => a - b);
      const load = { ...bounds, forMs: 60, arrivals: ats.map((at) => ({ at, serviceMs: 2 + chance() * 18 })) };
      const least = tried(load);
      if (least === undefined) {
        expect(() => clairvoyantPlan(load)).toThrow("too few");
        continue;
      }
      planned++;
      expect(clairvoyantPlan(load).memberMs).toBeCloseTo(least, 6);
    }
    expect(planned).toBeGreaterThan(30);
  });

  it("keeps to the least members while nothing comes", () => {
    expect(clairvoyantPlan({ ...bounds, arrivals: [], forMs: 50 })).toEqual({ memberMs: 50, sizes: [1, 1, 1, 1, 1] });
    expect(clairvoyantPlan({ ...bounds, min: 0, arrivals: [], forMs: 50 }).memberMs).toBe(0);
  });

  it("keeps a member through a gap that costs less than its start", () => {
    const pair = (at: number) => [0, 1, 2].map(() => ({ at, serviceMs: 10 }));
    const arrivals = [...pair(0), ...pair(30)];
    const load = { ...bounds, targetWaitMs: 0, arrivals, forMs: 60 };
    expect(clairvoyantPlan({ ...load, startMs: 1 }).sizes.slice(1, 3)).toEqual([1, 1]);
    expect(clairvoyantPlan({ ...load, startMs: 100 }).sizes.slice(1, 3)).toEqual([3, 3]);
  });

  it("costs no more the longer messages may wait, and never less than the work", () => {
    const { arrivals, forMs } = readTrace();
    const work = arrivals.reduce((sum, { serviceMs }) => sum + serviceMs, 0);
    const costs = [50, 100, 200, 400].map(
      (targetWaitMs) => clairvoyantPlan({ ...terms, targetWaitMs, startMs: 10, forMs, arrivals }).memberMs,
    );
    expect([...costs].sort((a, b) => b - a)).toEqual(costs);
    expect(costs.at(-1)).toBeGreaterThan(Math.max(work, forMs));
  });

  it("says when the most members are too few", () => {
    const arrivals = Array.from({ length: 10 }, () => ({ at: 0, serviceMs: 10 }));
    expect(() => clairvoyantPlan({ ...bounds, arrivals, forMs: 60 })).toThrow("3 members are too few");
  });
});

describe("the recorded trace", () => {
  it("is in order and within the time it is replayed in", () => {
    const { arrivals, forMs } = readTrace();
    expect(arrivals.length).toBeGreaterThan(1_000);
    expect(arrivals.every(({ at }, i) => at >= (arrivals[i - 1]?.at ?? 0) && at < forMs)).toBe(true);
    expect(arrivals.every(({ serviceMs }) => serviceMs > 0)).toBe(true);
  });
});
