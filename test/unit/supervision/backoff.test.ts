import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { failed, healthy, noStreak, pause } from "../../../src/supervision/backoff.js";

const rules = { initialMs: 100, factor: 2, maxMs: 1_000, jitter: 0, healthyAfterMs: 5_000 };
const never = () => {
  throw new Error("chance was drawn");
};

describe("the pause before a restart", () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 100],
    [3, 200],
    [4, 400],
    [5, 800],
    [6, 1_000],
    [7, 1_000],
    [5_000, 1_000],
  ])("after %i failures in a row is %i ms", (failures, ms) => {
    expect(pause(rules, failures, never)).toBe(ms);
  });

  it.each([
    ["a factor of 1 keeps it", { ...rules, factor: 1 }, 9, 100],
    ["an initial of 0 means none at all, however long the streak", { ...rules, initialMs: 0 }, 5_000, 0],
    ["full jitter may take all of it", { ...rules, jitter: 1 }, 2, 100 * (1 - 0.75)],
    ["a jitter of 0.2 takes at most a fifth", { ...rules, jitter: 0.2 }, 3, 200 * (1 - 0.2 * 0.75)],
  ])("%s", (_, changed, failures, ms) => {
    expect(pause(changed, failures, () => 0.75)).toBeCloseTo(ms, 9);
  });

  it("is the same again from the same seed, and lies within jitter of its full length", () => {
    const jittery = { ...rules, jitter: 0.5 };
    const series = (seed: number) => {
      const chance = seededChance(seed);
      return [2, 3, 4, 5, 6].map((failures) => pause(jittery, failures, chance));
    };
    expect(series(7)).toEqual(series(7));
    expect(series(7)).not.toEqual(series(8));
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (n, jitter, seed) => {
          const full = pause(rules, n, never);
          const ms = pause({ ...rules, jitter }, n, seededChance(seed));
          expect(ms).toBeLessThanOrEqual(full);
          expect(ms).toBeGreaterThanOrEqual(full * (1 - jitter) - 1e-9);
        },
      ),
    );
  });
});

describe("a streak of failures", () => {
  const streakAfter = (...steps: Array<["death" | "start" | "ready", number]>) =>
    steps.reduce(
      (streak, [what, at]) => (what === "ready" ? healthy(streak, at) : failed(streak, what, rules, at)),
      noStreak,
    );

  it("grows with each death of a child that was up only for moments", () => {
    expect(
      streakAfter(["ready", 0], ["death", 10], ["ready", 20], ["death", 30], ["ready", 40], ["death", 50]).failures,
    ).toBe(3);
  });

  it("counts a failed start as the second at least, so that it is never retried at once", () => {
    expect(streakAfter(["start", 0]).failures).toBe(2);
    expect(streakAfter(["start", 0], ["start", 1]).failures).toBe(3);
    expect(streakAfter(["ready", 0], ["death", 10], ["start", 20]).failures).toBe(2);
    expect(streakAfter(["ready", 0], ["death", 10], ["start", 20], ["start", 30]).failures).toBe(3);
  });

  it("is forgotten after being healthy for a while, inclusive at the edge", () => {
    const loop = [
      ["ready", 0],
      ["death", 10],
      ["ready", 20],
      ["death", 30],
      ["ready", 100],
    ] as Array<["ready" | "death", number]>;
    expect(streakAfter(...loop, ["death", 100 + 4_999]).failures).toBe(3);
    expect(streakAfter(...loop, ["death", 100 + 5_000]).failures).toBe(1);
  });

  it("counts health from ready, not from the last failure: a slow start is not health", () => {
    expect(streakAfter(["ready", 0], ["death", 10], ["ready", 50_000], ["death", 50_010]).failures).toBe(2);
  });

  it("keeps the date of health over a death that was a message's fault", () => {
    expect(streakAfter(["ready", 0], ["ready", 4_000], ["death", 5_000]).failures).toBe(1);
    expect(streakAfter(["death", 0], ["ready", 10], ["ready", 4_000]).healthySince).toBe(10);
  });

  it("needs no date of health while nothing has failed", () => {
    expect(streakAfter(["ready", 0])).toBe(noStreak);
  });
});
