import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charge } from "../../../src/supervision/intensity.js";

const run = (restarts: number, withinMs: number, times: number[]): boolean[] => {
  let charges: readonly number[] = [];
  return times.map((now) => {
    const charged = charge(charges, { restarts, withinMs }, now);
    charges = charged.charges;
    return charged.over;
  });
};

describe("the restart budget", () => {
  it.each([
    { restarts: 0, within: 100, times: [0], over: [true] },
    { restarts: 1, within: 100, times: [0, 1], over: [false, true] },
    { restarts: 3, within: 100, times: [0, 10, 20, 30], over: [false, false, false, true] },
    { restarts: 1, within: 100, times: [0, 100], over: [false, true] },
    { restarts: 1, within: 100, times: [0, 100.001], over: [false, false] },
    { restarts: 2, within: 100, times: [0, 60, 120, 180, 240], over: [false, false, false, false, false] },
    { restarts: 2, within: 100, times: [0, 50, 100, 101], over: [false, false, true, true] },
    { restarts: 2, within: Number.POSITIVE_INFINITY, times: [0, 1e6, 1e12], over: [false, false, true] },
  ])("of $restarts within $within ms, charged at $times, is over: $over", ({ restarts, within, times, over }) => {
    expect(run(restarts, within, times)).toEqual(over);
  });

  it("is inclusive at the edge: a restart exactly as old as the window still counts", () => {
    expect(charge([1_000], { restarts: 1, withinMs: 500 }, 1_500)).toEqual({ charges: [1_000, 1_500], over: true });
    expect(charge([1_000], { restarts: 1, withinMs: 500 }, 1_501)).toEqual({ charges: [1_501], over: false });
  });

  it("is never over when unlimited, and keeps nothing then", () => {
    let charges: readonly number[] = [];
    for (let now = 0; now < 1000; now++) {
      const charged = charge(charges, { restarts: Number.POSITIVE_INFINITY, withinMs: 1e9 }, now);
      expect(charged).toEqual({ charges: [], over: false });
      charges = charged.charges;
    }
  });

  it("does not change the list it was given", () => {
    const before = Object.freeze([1, 2, 3]);
    charge(before, { restarts: 5, withinMs: 10 }, 12);
    expect(before).toEqual([1, 2, 3]);
  });

  it("agrees with counting all restarts of the window, and never keeps more than it needs", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 100 }),
        gaps,
        (restarts, withinMs, steps) => {
          let now = 0;
          let charges: readonly number[] = [];
          const all: number[] = [];
          for (const step of steps) {
            now += step;
            all.push(now);
            const charged = charge(charges, { restarts, withinMs }, now);
            expect(charged.over).toBe(all.filter((at) => now - at <= withinMs).length > restarts);
            expect(charged.charges.every((at) => now - at <= withinMs)).toBe(true);
            charges = charged.charges;
          }
        },
      ),
    );
  });
});
