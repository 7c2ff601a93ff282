import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import {
  growthOf,
  heldBytes,
  type MemoryTrend,
  noTrend,
  observed,
} from "../../../src/routing/recycling/memory-trend.js";
import { recycleLimits } from "../../../src/routing/recycling/recycle-options.js";
import {
  inTrouble,
  msToAge,
  type RecycleLimits,
  type Wear,
  whyWorn,
  wornOut,
} from "../../../src/routing/recycling/recycle-rule.js";

const MIB = 1024 * 1024;
const none: RecycleLimits = {
  messages: undefined,
  ageMs: undefined,
  memoryBytes: undefined,
  growthBytesPerMs: undefined,
};
const fresh: Wear = { messages: 0, ageMs: 0, heldBytes: undefined, growth: undefined, chance: 0 };

describe("a member is worn out", () => {
  it("at its limit, and not before", () => {
    const limits = { ...none, messages: 100, ageMs: 60_000, memoryBytes: 300 * MIB };
    expect(wornOut({ ...fresh, messages: 99, ageMs: 59_999, heldBytes: 300 * MIB - 1 }, limits)).toBeUndefined();
    expect(wornOut({ ...fresh, messages: 100 }, limits)).toEqual({ what: "messages", value: 100, limit: 100 });
    expect(wornOut({ ...fresh, ageMs: 60_000 }, limits)).toEqual({ what: "age", value: 60_000, limit: 60_000 });
    expect(wornOut({ ...fresh, heldBytes: 300 * MIB }, limits)?.what).toBe("memory");
  });

  it("by what it is furthest past, where there are several", () => {
    const limits = { ...none, messages: 100, ageMs: 60_000 };
    expect(wornOut({ ...fresh, messages: 150, ageMs: 66_000 }, limits)?.what).toBe("messages");
    expect(wornOut({ ...fresh, messages: 110, ageMs: 90_000 }, limits)?.what).toBe("age");
  });

  it("sooner by up to a fifth, by its chance: members that came together do not go together", () => {
    const limits = { ...none, messages: 100, ageMs: 100_000 };
    expect(wornOut({ ...fresh, messages: 81, chance: 0.99 }, limits)?.limit).toBe(81);
    expect(wornOut({ ...fresh, messages: 79, chance: 1 }, limits)).toBeUndefined();
    const chance = seededChance(7);
    const ages = Array.from({ length: 8 }, () => msToAge({ ageMs: 0, chance: chance() }, limits)!);
    expect(new Set(ages.map((age) => Math.round(age / 500))).size).toBeGreaterThan(5);
    for (const age of ages) {
      expect(age).toBeGreaterThanOrEqual(80_000);
      expect(age).toBeLessThanOrEqual(100_000);
    }
  });

  it("never where nothing limits it", () => {
    const wear = {
      messages: 1e9,
      ageMs: 1e12,
      heldBytes: 1e12,
      growth: { bytesPerMs: 1e6, grownBytes: 1e12 },
      chance: 1,
    };
    expect(wornOut(wear, none)).toBeUndefined();
    expect(msToAge(wear, none)).toBeUndefined();
  });

  it("by its growth only when that has come to something", () => {
    const limits = { ...none, growthBytesPerMs: (60 * MIB) / 3_600_000 };
    const growth = { bytesPerMs: (120 * MIB) / 3_600_000, grownBytes: 15 * MIB };
    expect(wornOut({ ...fresh, growth }, limits)).toBeUndefined();
    const worn = wornOut({ ...fresh, growth: { ...growth, grownBytes: 17 * MIB } }, limits)!;
    expect(worn).toMatchObject({ what: "growth" });
    expect(whyWorn(worn)).toBe("grows by 120 MB an hour, at most 60 MB");
  });
});

it.each([
  [{ what: "messages", value: 105, limit: 100 }, "105 messages answered, at most 100"],
  [{ what: "age", value: 3_700_000, limit: 3_600_000 }, "62 min old, at most 60 min"],
  [{ what: "age", value: 90_000_000, limit: 86_400_000 }, "25 h old, at most 24 h"],
  [{ what: "memory", value: 310 * MIB, limit: 300 * MIB }, "holds 310 MB, at most 300 MB"],
] as const)("%o is told in numbers", (worn, text) => {
  expect(whyWorn(worn)).toBe(text);
});

it("a pool is left alone while it is in trouble", () => {
  const calm = { starting: 0, leaving: 0, waitMs: 50, targetWaitMs: 50, room: 1 };
  expect(inTrouble(calm)).toBeUndefined();
  expect(inTrouble({ ...calm, starting: 1 })).toBe("1 of its members on their way up");
  expect(inTrouble({ ...calm, leaving: 2 })).toBe("2 of its members on their way out");
  expect(inTrouble({ ...calm, waitMs: 51 })).toBe("51 ms to wait, over 50 ms");
  expect(inTrouble({ ...calm, room: 0 })).toBe("no room for a host more");
});

/** What a member holds over time, looked at once a second, with the sawtooth of a heap that is collected. */
function watched(minutes: number, heldMb: (minute: number) => number, chance = seededChance(3)): MemoryTrend {
  let trend = noTrend;
  for (let second = 0; second <= minutes * 60; second++) {
    const garbage = ((second % 7) / 7) * 30 + chance() * 5;
    trend = observed(trend, 1000 + second * 1000, Math.round((heldMb(second / 60) + garbage) * MIB));
  }
  return trend;
}

const perHour = (trend: MemoryTrend) => (growthOf(trend)!.bytesPerMs * 3_600_000) / MIB;

describe("what a member's memory does", () => {
  it("is not known before most of ten minutes were seen", () => {
    expect(growthOf(noTrend)).toBeUndefined();
    expect(growthOf(watched(7, (minute) => 100 + minute * 50))).toBeUndefined();
    expect(heldBytes(noTrend)).toBeUndefined();
    expect(heldBytes(watched(0.1, () => 100))).toBeUndefined();
  });

  it("is what is left when garbage was collected", () => {
    expect(heldBytes(watched(5, () => 100))! / MIB).toBeLessThan(106);
  });

  it("grows as it leaks, whatever garbage is in between", () => {
    expect(perHour(watched(30, (minute) => 100 + minute * 2))).toBeGreaterThan(100);
    expect(perHour(watched(30, (minute) => 100 + minute * 2))).toBeLessThan(140);
    expect(growthOf(watched(30, (minute) => 100 + minute * 2))!.grownBytes / MIB).toBeCloseTo(40, -1);
  });

  it("is no leak by a warm-up, by one huge request, nor by chance", () => {
    const limits = { ...none, growthBytesPerMs: (5 * MIB) / 3_600_000 };
    const leaks = (trend: MemoryTrend) => wornOut({ ...fresh, growth: growthOf(trend) }, limits) !== undefined;
    const warmUp = (minute: number) => 100 + 200 * Math.min(1, minute / 1.5);
    for (const minutes of [9, 10, 12, 20, 60]) expect(leaks(watched(minutes, warmUp))).toBe(false);
    const spike = (minute: number) => (minute > 14 && minute < 16 ? 900 : 100);
    for (const minutes of [15, 16, 17, 20, 24]) expect(leaks(watched(minutes, spike))).toBe(false);
    for (let seed = 1; seed <= 20; seed++) expect(leaks(watched(30, () => 100, seededChance(seed)))).toBe(false);
    // A leak of 12 MB an hour is found, when it has come to something.
    const leak = (minute: number) => warmUp(minute) + minute / 5;
    expect(leaks(watched(60, leak))).toBe(false);
    expect(leaks(watched(120, leak))).toBe(true);
  });

  it("is kept for ten minutes, however long it lives", () => {
    expect(watched(120, () => 100).samples.length).toBeLessThanOrEqual(61);
  });

  it("says nothing while nobody tells it", () => {
    expect(observed(noTrend, 5, 0)).toBe(noTrend);
  });
});

describe("what recycle may say", () => {
  it("is a limit or more, in units of its own", () => {
    expect(recycleLimits(undefined, "thread", "x")).toBeUndefined();
    expect(recycleLimits({ messages: 5, age: "1h", memoryMb: 2, growthMbPerHour: 3600 }, "thread", "x")).toEqual({
      messages: 5,
      ageMs: 3_600_000,
      memoryBytes: 2 * MIB,
      growthBytesPerMs: MIB / 1000,
    });
  });

  it.each([
    [{}, "x.recycle: it says nothing: give one of messages, age, memoryMb, growthMbPerHour, or leave recycle out"],
    [{ messages: 0 }, /x\.recycle\.messages/],
    [{ age: 0 }, /x\.recycle\.age: it is 0/],
    [{ age: "soon" }, /x\.recycle\.age/],
    [{ memoryMb: -1 }, "x.recycle.memoryMb: it is -1: give a number of MB above 0"],
    [{ growthMbPerHour: Number.NaN }, /x\.recycle\.growthMbPerHour/],
    [{ heapMb: 5 }, /heapMb/],
  ])("%o is refused by name", (options, message) => {
    expect(() => recycleLimits(options as object, "thread", "x.recycle")).toThrow(message);
  });

  it("is nothing of memory where members are inline", () => {
    expect(() => recycleLimits({ memoryMb: 5 }, "inline", "x")).toThrow(/an inline member's memory is the program's/);
    expect(recycleLimits({ messages: 5 }, "inline", "x")?.messages).toBe(5);
  });
});
