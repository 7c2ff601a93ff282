import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { Sampling } from "../../../../src/system/trace/sampling.js";

const MANY = 200_000;

function gapsOf(ratio: number): number[] {
  const sampling = new Sampling(ratio, seededChance(7));
  const gaps: number[] = [];
  let since = 0;
  for (let i = 0; i < MANY; i++) {
    since++;
    if (!sampling.takes()) continue;
    gaps.push(since);
    since = 0;
  }
  return gaps;
}

describe("a share of what passes", () => {
  it.each([0.5, 0.1, 0.01])(
    "is as large as it is told, %d, and each is taken as independently as by a draw",
    (ratio) => {
      const gaps = gapsOf(ratio);
      // Six standard deviations of a binomial.
      const spread = 6 * Math.sqrt(ratio * (1 - ratio) * MANY);
      expect(Math.abs(gaps.length - ratio * MANY)).toBeLessThan(spread);
      const nextAtOnce = gaps.filter((gap) => gap === 1).length;
      expect(Math.abs(nextAtOnce - ratio * gaps.length)).toBeLessThan(6 * Math.sqrt(gaps.length * ratio) + 1);
      const late = gaps.filter((gap) => gap > 1 / ratio).length / gaps.length;
      expect(Math.abs(late - (1 - ratio) ** (1 / ratio))).toBeLessThan(6 / Math.sqrt(gaps.length));
    },
  );

  it("is everything or nothing, without a draw", () => {
    const never = () => {
      throw new Error("drawn");
    };
    const all = new Sampling(1, never);
    const none = new Sampling(0, never);
    for (let i = 0; i < 1000; i++) {
      expect(all.takes()).toBe(true);
      expect(none.takes()).toBe(false);
    }
  });

  it("may be so small that none comes up, and any draw is a gap", () => {
    for (const draw of [0, 0.5, 1 - 2 ** -53]) {
      const sampling = new Sampling(1e-300, () => draw);
      expect(sampling.takes()).toBe(draw === 0);
    }
  });
});
