import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Counts, quantile, ratesBetween } from "../../../src/observe/rates.js";

const bounds = [1, 10, 100];
const counts = (answered: number, failed: number, buckets?: number[]): Counts => ({
  answered,
  told: 0,
  failed: failed > 0 ? { Timeout: failed } : {},
  ...(buckets ? { latency: { buckets } } : {}),
});

describe("rates between two looks", () => {
  test("are a second's share of what was settled since", () => {
    expect(ratesBetween(counts(100, 5), counts(300, 15), 2000, bounds)).toEqual({
      perSecond: 105,
      failedPerSecond: 5,
      p50Ms: undefined,
      p99Ms: undefined,
    });
  });

  test("time only what came between the looks", () => {
    const slowOnce = counts(100, 0, [0, 0, 100, 0]);
    const quickSince = counts(200, 0, [100, 0, 100, 0]);
    expect(ratesBetween(slowOnce, quickSince, 1000, bounds)).toMatchObject({ p50Ms: 0.5, p99Ms: 0.99 });
  });

  test("begin anew where a unit of the same name has, and say nothing without a look before", () => {
    expect(ratesBetween(counts(1000, 0, [9, 9, 9, 9]), counts(10, 0, [10, 0, 0, 0]), 1000, bounds)).toMatchObject({
      perSecond: 10,
      p50Ms: 0.5,
    });
    expect(ratesBetween(undefined, counts(10, 0), 1000, bounds)).toBeUndefined();
    expect(ratesBetween(counts(1, 0), counts(10, 0), 0, bounds)).toBeUndefined();
  });
});

describe("a quantile of a histogram", () => {
  test.for([
    [[0, 0, 0, 0], 0.5, undefined],
    [[10, 0, 0, 0], 1, 1],
    [[0, 10, 0, 0], 0.5, 5.5],
    [[90, 0, 10, 0], 0.95, 55],
    // At least so much: nobody knows how much more.
    [[0, 0, 0, 3], 0.5, 100],
  ] as const)("of %o at %f is %s", ([buckets, share, expected]) => {
    expect(quantile(buckets, bounds, share)).toEqual(expected);
  });

  test("is in a bucket that has something, and grows with its share", () => {
    const histogram = fc
      .array(fc.nat(1000), { minLength: 4, maxLength: 4 })
      .filter((buckets) => buckets.some((n) => n > 0));
    fc.assert(
      fc.property(histogram, fc.double({ min: 0.001, max: 1, noNaN: true }), (buckets, share) => {
        const value = quantile(buckets, bounds, share)!;
        const fits = buckets.some((count, index) => {
          return count > 0 && value >= (bounds[index - 1] ?? 0) && value <= (bounds[index] ?? bounds.at(-1)!);
        });
        expect(fits).toBe(true);
        expect(quantile(buckets, bounds, Math.min(1, share * 1.5))!).toBeGreaterThanOrEqual(value - 1e-9);
      }),
    );
  });
});
