import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededChance } from "../../../src/clock.js";
import {
  type ScalingLimits,
  type ScalingMemory,
  type ScalingView,
  waitAndLoad,
} from "../../../src/routing/scaling/scaling-rule.js";
import { oscillations, poisson, type Seen, simulate } from "./simulated-pool.js";

const HOUR = 3_600_000;

const limits: ScalingLimits = { min: 1, max: 8, cpuBound: false, targetWaitMs: 50, shrinkAfterMs: 30_000 };

const anyView = fc.record({
  passedMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  waiting: fc.nat(2000),
  oldestWaitMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  members: fc.nat(20),
  starting: fc.nat(20),
  busy: fc.nat(20),
  workedMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  serviceMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
  startMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
  memberBytes: fc.option(fc.nat(1000), { nil: undefined }),
  freeBytes: fc.integer({ min: -1000, max: 20_000 }),
  cores: fc.integer({ min: 1, max: 16 }),
});

const anyLimits = fc
  .record({
    min: fc.nat(8),
    more: fc.nat(12),
    cpuBound: fc.boolean(),
    targetWaitMs: fc.double({ min: 1, max: 1e5, noNaN: true }),
    shrinkAfterMs: fc.double({ min: 1, max: 1e6, noNaN: true }),
  })
  .map(({ min, more, ...rest }): ScalingLimits => ({ min, max: Math.max(1, min + more), ...rest }));

/** What a pool could see, one look after the other, whatever sense it makes. */
const anyViews = fc.array(anyView, { minLength: 1, maxLength: 30 }).map((all) => {
  let now = 0;
  let worked = 0;
  return all.map(({ passedMs, starting, workedMs, ...view }): ScalingView => {
    now += passedMs;
    worked += workedMs;
    const ready = Math.max(0, view.members - starting);
    return { ...view, now, workedMs: worked, ready, busy: Math.min(view.busy, ready) };
  });
});

describe("whatever is seen", () => {
  test("the size stays within min and max, the cores and the memory, and is told why", () => {
    fc.assert(
      fc.property(anyLimits, anyViews, (bounds, views) => {
        let memory: ScalingMemory | undefined;
        for (const view of views) {
          const { want, why, memory: next } = waitAndLoad(view, bounds, memory);
          memory = next;
          expect(Number.isInteger(want)).toBe(true);
          expect(want).toBeGreaterThanOrEqual(bounds.min);
          expect(want).toBeLessThanOrEqual(bounds.max);
          if (bounds.cpuBound) expect(want).toBeLessThanOrEqual(Math.max(bounds.min, view.cores));
          const added = Math.max(0, want - Math.max(bounds.min, view.members));
          if (view.memberBytes) expect(added * view.memberBytes).toBeLessThanOrEqual(Math.max(0, view.freeBytes));
          expect(why).toMatch(/\d/);
          expect(why).not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
    );
  });

  test("a decision is replayed from a copy of its memory", () => {
    fc.assert(
      fc.property(anyLimits, anyViews, (bounds, views) => {
        let memory: ScalingMemory | undefined;
        for (const view of views) {
          const copy = structuredClone(memory);
          const decision = waitAndLoad(view, bounds, memory);
          expect(waitAndLoad(view, bounds, copy)).toEqual(decision);
          expect(memory).toEqual(copy);
          memory = decision.memory;
        }
      }),
    );
  });
});

describe("a steady load", () => {
  const loads = [0.05, 0.2, 0.4, 0.6, 0.8, 0.95];
  const kinds = [
    { serviceMs: 50, startMs: 5, hours: 0.25 },
    { serviceMs: 200, startMs: 1000, hours: 1 },
    { serviceMs: 1000, startMs: 60, hours: 1 },
  ];

  test.each(kinds)(
    "of $serviceMs ms a message, $startMs ms a start: settles in $hours h, and a growth is never taken back",
    (kind) => {
      for (const max of [2, 8]) {
        for (const part of loads) {
          const forMs = kind.hours * HOUR;
          const rate = (part * max * 1000) / kind.serviceMs;
          const arrivals = poisson(rate, kind.serviceMs, forMs, seededChance(max * 100 + part * 10));
          const seen = simulate({ limits: { ...limits, max }, startMs: kind.startMs, forMs, arrivals });
          expect(oscillations(seen, 1), `${part} of ${max}: ${told(seen)}`).toBe(0);
          expect(seen.want).toBeGreaterThan(part * max * 0.99);
        }
      }
    },
  );

  test("that falls to a lower one lets the members go that it no longer needs", () => {
    const forMs = 2 * HOUR;
    const rate = (now: number) => (now < HOUR ? 120 : 15);
    const arrivals = poisson(rate, 50, forMs, seededChance(3));
    const seen = simulate({ limits: { ...limits, max: 12 }, startMs: 60, forMs, arrivals });
    const atTheHour = seen.sizes.filter(({ at }) => at < HOUR).at(-1)!.want;
    expect(atTheHour).toBeGreaterThan(6);
    expect(seen.want).toBeLessThan(atTheHour / 2 + 1);
    expect(oscillations(seen, 1), told(seen)).toBeLessThanOrEqual(1);
  });
});

describe("silence", () => {
  test("ends at min, from any size, whatever came before", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(5, 50, 500),
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer(),
        (min, begin, serviceMs, busyMs, seed) => {
          const arrivals = poisson(3000 / serviceMs, serviceMs, busyMs, seededChance(seed));
          const own = { ...limits, min, max: 12, shrinkAfterMs: 1000 };
          // The time of so many messages is learned, and a few of them may have been far longer than most.
          const forMs = busyMs + 1000 * serviceMs + 20_000;
          const seen = simulate({ limits: own, startMs: 60, forMs, arrivals, begin: Math.max(min, begin) });
          expect(seen.want).toBe(min);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("a pool with min 0 holds what comes, starts for it, and is empty again afterwards", () => {
    const none = { ...limits, min: 0, shrinkAfterMs: 1000 };
    const seen = simulate({ limits: none, startMs: 60, forMs: 30_000, arrivals: [{ at: 5000, serviceMs: 10 }] });
    expect(seen.sizes.map(({ want }) => want)).toEqual([1, 0]);
    expect(seen.waits).toEqual([60]);
  });
});

describe("a burst", () => {
  test("finds the members that it needs, once the first of them can have started", () => {
    for (const startMs of [5, 60, 400]) {
      for (const needed of [2, 4, 7]) {
        // A quiet second each, then nine tenths of what so many members can do.
        const quiet = Array.from({ length: 10 }, (_, i) => ({ at: i * 1000, serviceMs: 20 }));
        const everyMs = 20 / (0.9 * needed);
        const burst = Array.from({ length: 500 }, (_, i) => ({ at: 10_000 + i * everyMs, serviceMs: 20 }));
        const arrivals = [...quiet, ...burst];
        const seen = simulate({ limits: { ...limits, max: 10 }, startMs, forMs: 13_000, arrivals });
        const patience = Math.max(limits.targetWaitMs, startMs);
        const enough = seen.sizes.find(({ want }) => want >= 0.8 * needed);
        expect(enough?.at, `${needed} members in ${startMs} ms: ${told(seen)}`).toBeLessThan(10_000 + 2.5 * patience);
        // Nobody waits for longer than it took to see it, to start, and to work off what had come by then.
        expect(Math.max(...seen.waits)).toBeLessThan(2 * patience + startMs);
      }
    }
  });

  test("of messages that are few finds no more members than messages", () => {
    const arrivals = Array.from({ length: 3 }, () => ({ at: 1000, serviceMs: 2000 }));
    const known = Array.from({ length: 5 }, (_, i) => ({ at: i * 150, serviceMs: 100 }));
    const seen = simulate({
      limits: { ...limits, max: 10 },
      startMs: 5,
      forMs: 3000,
      arrivals: [...known, ...arrivals],
    });
    expect(seen.want).toBe(3);
  });
});

function told({ sizes }: Seen): string {
  return sizes.map(({ at, want, why }) => `${Math.round(at / 1000)} s → ${want} (${why})`).join(", ");
}
