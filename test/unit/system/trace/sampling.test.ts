import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { Sampling } from "../../../../src/system/trace/sampling.js";

const MANY = 200_000;

/** @param everyMs how far apart they pass */
function gapsOf(ratio: number, everyMs = 1): number[] {
  let now = 0;
  const sampling = new Sampling(ratio, seededChance(7), () => now);
  const gaps: number[] = [];
  let since = 0;
  for (let i = 0; i < MANY; i++) {
    since++;
    now += everyMs;
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

  it.each([
    [0.5, 0.098, 8],
    [0.1, 0.098, 8],
    [0.01, 0.098, 8],
    [0.1, 0.05, 16],
    [0.01, 0.01, 64],
    [0.01, 0.001, 64],
  ])("is as large, %d, where one passes each %d ms, and taken %i in a row", (ratio, everyMs, row) => {
    const gaps = gapsOf(ratio, everyMs);
    // Rows are as independent as single ones: the spread is that of so many fewer, which are so much wider.
    const spread = 6 * Math.sqrt(row * ratio * (1 - ratio) * MANY);
    expect(Math.abs(gaps.length - ratio * MANY)).toBeLessThan(spread);
    const rest = new Array(row - 1).fill(1);
    const begin = gaps.findIndex((_, at) => at > 0 && gaps.slice(at, at + row - 1).every((one) => one === 1));
    const rows = gaps.slice(begin - 1);
    for (let at = 0; at + row <= rows.length; at += row) expect(rows.slice(at + 1, at + row)).toEqual(rest);
  });

  it.each([
    [500, 500],
    [5000, 1000],
    [50_000, 100],
  ])("is as large in floods of %i as in the %i that pass quietly between them", (fast, quiet) => {
    let now = 0;
    const sampling = new Sampling(0.01, seededChance(3), () => now);
    const taken = { fast: 0, quiet: 0 };
    const rounds = Math.ceil(3_000_000 / (fast + quiet));
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < fast; i++) {
        now += 0.01;
        if (sampling.takes()) taken.fast++;
      }
      for (let i = 0; i < quiet; i++) {
        now += 10;
        if (sampling.takes()) taken.quiet++;
      }
    }
    // Six standard deviations of rows of 64, and half a part that passes until a change is seen.
    const within = (count: number, passed: number) => {
      expect(Math.abs(count - passed * 0.01)).toBeLessThan(6 * Math.sqrt(64 * passed * 0.01) + rounds * 0.32);
    };
    within(taken.fast, fast * rounds);
    within(taken.quiet, quiet * rounds);
  });

  it("goes back to one at a time when little passes again", () => {
    let now = 0;
    const sampling = new Sampling(0.1, seededChance(3), () => now);
    const rows = (everyMs: number) => {
      const all: number[] = [];
      let row = 0;
      for (let i = 0; i < 20_000; i++) {
        now += everyMs;
        if (sampling.takes()) row++;
        else if (row > 0) {
          all.push(row);
          row = 0;
        }
      }
      // Until a change is seen a part of a gap passes, or several where they are short.
      return all.slice(20);
    };
    const long = (all: number[]) => all.filter((row) => row % 64 === 0).length / all.length;
    const single = (all: number[]) => all.filter((row) => row === 1).length / all.length;
    expect([long(rows(0.01)), single(rows(10)) > 0.8, long(rows(0.01))]).toEqual([1, true, 1]);
  });

  it("is everything or nothing, without a draw", () => {
    const never = () => {
      throw new Error("drawn");
    };
    const all = new Sampling(1, never, () => 0);
    const none = new Sampling(0, never, () => 0);
    for (let i = 0; i < 1000; i++) {
      expect(all.takes()).toBe(true);
      expect(none.takes()).toBe(false);
    }
  });

  it("may be so small that none comes up, and any draw is a gap", () => {
    for (const draw of [0, 0.5, 1 - 2 ** -53]) {
      const sampling = new Sampling(
        1e-300,
        () => draw,
        () => 0,
      );
      expect(sampling.takes()).toBe(draw === 0);
    }
  });
});
