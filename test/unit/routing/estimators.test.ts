import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { addLatency, latencyQuantile, noLatencies } from "../../../src/routing/scaling/latencies.js";
import { type LearnedService, observeService } from "../../../src/routing/scaling/learned-service.js";
import { type LearnedStart, observeStart } from "../../../src/routing/scaling/learned-start.js";

const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

function serviceOf(all: readonly number[], before?: LearnedService): LearnedService {
  return all.reduce<LearnedService | undefined>((known, ms, at) => observeService(known, ms, at), before)!;
}

function startOf(all: readonly number[]): LearnedStart {
  return all.reduce<LearnedStart | undefined>((known, ms, at) => observeStart(known, ms, at), undefined)!;
}

describe("the learned service time", () => {
  test("is the mean of a steady stream within a fifth or so, its long ones included", () => {
    const chance = seededChance(7);
    let known: LearnedService | undefined;
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      known = observeService(known, -Math.log(1 - chance()) * 30, i);
      if (i >= 1000) sum += known!.ms;
    }
    expect(sum / 19_000).toBeGreaterThan(27);
    expect(sum / 19_000).toBeLessThan(33);
  });

  test("one outlier moves it by a tenth at most, however long it was", () => {
    const settled = serviceOf(Array.from({ length: 50 }, () => 10));
    expect(settled.ms).toBeCloseTo(10);
    expect(observeService(settled, 60_000, 50)!.ms).toBeLessThan(11);
  });

  test("follows work that has become a hundred times slower within sixty messages", () => {
    const settled = serviceOf(Array.from({ length: 50 }, () => 10));
    expect(
      serviceOf(
        Array.from({ length: 60 }, () => 1000),
        settled,
      ).ms,
    ).toBeGreaterThan(500);
  });

  test("several that ended together count as if one by one", () => {
    const settled = serviceOf(Array.from({ length: 50 }, () => 10));
    const one = serviceOf([20, 20, 20, 20], settled);
    const together = observeService(settled, 20, 53, 4)!;
    expect(together.ms).toBeCloseTo(one.ms);
    expect(together.seen).toBe(one.seen);
  });

  test("never leaves what was seen, and what is no time changes nothing", () => {
    fc.assert(
      fc.property(samples, (all) => {
        const { ms } = serviceOf(all);
        expect(ms).toBeGreaterThanOrEqual(Math.min(...all) * (1 - 1e-9));
        expect(ms).toBeLessThanOrEqual(Math.max(...all) * (1 + 1e-9));
        for (const none of [Number.NaN, -1, Number.POSITIVE_INFINITY])
          expect(observeService(serviceOf(all), none, 99)).toEqual(serviceOf(all));
      }),
    );
  });
});

describe("the learned start-up time", () => {
  test("two slow starts of five say nothing, three do", () => {
    expect(startOf([40, 41, 5000, 42, 9000]).ms).toBe(42);
    expect(startOf([40, 5000, 41, 6000, 9000]).ms).toBe(5000);
  });

  test("is one of the last five, whatever was before", () => {
    fc.assert(
      fc.property(samples, (all) => {
        const known = startOf(all);
        expect(known.latest).toEqual(all.slice(-5));
        expect(known.latest).toContain(known.ms);
      }),
    );
  });

  test("is plain data: it goes on from its own copy", () => {
    const known = startOf([3, 1, 2]);
    expect(observeStart(structuredClone(known), 7, 9)).toEqual(observeStart(known, 7, 9));
  });
});

describe("latencies in buckets", () => {
  test("know a quantile to a twentieth of it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.02, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.99, 1),
        (all, part) => {
          const latencies = noLatencies();
          for (const ms of all) addLatency(latencies, ms);
          const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(all.length * part)) - 1]!;
          const known = latencyQuantile(latencies, part)!;
          expect(known / exact).toBeGreaterThan(0.95);
          expect(known / exact).toBeLessThan(1.05);
        },
      ),
    );
  });

  test("say nothing of no answers, and take any time", () => {
    const latencies = noLatencies();
    expect(latencyQuantile(latencies, 0.99)).toBeUndefined();
    for (const ms of [0, 1e9, Number.POSITIVE_INFINITY]) addLatency(latencies, ms);
    expect(latencies.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});
