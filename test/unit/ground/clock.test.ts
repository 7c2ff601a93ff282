import { describe, expect, it } from "vitest";
import { realClock, seededChance } from "../../../src/clock.js";
import { milliseconds } from "../../../src/duration.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";

describe("the virtual clock", () => {
  it("stands still until it is moved", async () => {
    const clock = new VirtualClock(100, 5000);
    expect([clock.now(), clock.wallTime()]).toEqual([100, 5000]);
    await clock.advance(25);
    expect([clock.now(), clock.wallTime()]).toEqual([125, 5025]);
  });

  it("fires in order of time, then of making, each at its own moment", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`);
    clock.after(20, note("b"));
    clock.after(10, note("a"));
    clock.after(20, note("c"));
    clock.after(21, note("late"));
    await clock.advance(20);
    expect(fired).toEqual(["a@10", "b@20", "c@20"]);
    expect(clock.pending).toBe(1);
  });

  it("fires what is made on the way, after the promises before it were heard", async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    const again = async () => {
      fired.push(clock.now());
      await Promise.resolve();
      if (fired.length < 4) clock.after(10, () => void again());
    };
    clock.after(10, () => void again());
    await clock.advance(35);
    expect(fired).toEqual([10, 20, 30]);
  });

  it("forgets what was cancelled, also by a timer of the same moment", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const second = clock.after(10, () => fired.push("second"));
    clock.after(5, () => second.cancel());
    await clock.advance(100);
    expect(fired).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("does not run backwards", async () => {
    await expect(new VirtualClock().advance(-1)).rejects.toThrow("advance() is -1: give milliseconds");
    await expect(new VirtualClock().advance(Number.NaN)).rejects.toThrow("advance() is NaN: give milliseconds");
    await expect(new VirtualClock().advance(Number.POSITIVE_INFINITY)).rejects.toThrow("give a duration that ends");
    await expect(new VirtualClock().advance("soon" as "1s")).rejects.toThrow('advance() is "soon": give milliseconds');
  });

  it("is moved on by milliseconds or by any other duration", async () => {
    const clock = new VirtualClock();
    await clock.advance("1s");
    await clock.advance(5);
    expect(clock.now()).toBe(1005);
  });
});

describe("the real clock", () => {
  it("never runs backwards, and calls back", async () => {
    const before = realClock.now();
    await new Promise<void>((resolve) => realClock.after(1, resolve));
    expect(realClock.now()).toBeGreaterThan(before);
  });

  it("does not fire a timer at once that is longer than Node can hold", async () => {
    let fired = false;
    const timer = realClock.after(2 ** 40, () => {
      fired = true;
    });
    await new Promise<void>((resolve) => realClock.after(20, resolve));
    timer.cancel();
    expect(fired).toBe(false);
  });
});

describe("seeded chance", () => {
  it("gives the same numbers for the same seed, in [0, 1)", () => {
    const [a, b, c] = [seededChance(7), seededChance(7), seededChance(8)];
    const numbers = Array.from({ length: 1000 }, a);
    expect(Array.from({ length: 1000 }, b)).toEqual(numbers);
    expect(Array.from({ length: 1000 }, c)).not.toEqual(numbers);
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
    const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});

describe("a duration", () => {
  it.each([
    [0, 0],
    [250, 250],
    ["250ms", 250],
    ["1.5s", 1500],
    ["5m", 300_000],
    ["1h", 3_600_000],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ] as const)("%s is %s ms", (value, ms) => {
    expect(milliseconds(value, "field")).toBe(ms);
  });

  it.each([-1, Number.NaN, "5", "5 days", "", "-1s", null, undefined, {}])(
    "%s is refused, quoted and named",
    (value) => {
      expect(() => milliseconds(value as number, "digits.limit")).toThrow(/^digits\.limit is .*: give milliseconds/);
    },
  );
});
