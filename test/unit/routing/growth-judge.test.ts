import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Chance, seededChance } from "../../../src/clock.js";
import { type Growth, judgeGrowth, type Lesson, type Stretch } from "../../../src/routing/scaling/growth-judge.js";

const SECONDS = 10;

/** What a stretch would be seen as, of messages that come and take what they take by chance. */
function seen(chance: Chance, mean: { perSecond: number; serviceMs: number; p99Ms: number }): Stretch {
  const exponential = (of: number) => -Math.log(1 - chance()) * of;
  let served = 0;
  let workedMs = 0;
  for (let at = exponential(1 / mean.perSecond); at < SECONDS; at += exponential(1 / mean.perSecond)) {
    served++;
    workedMs += exponential(mean.serviceMs);
  }
  const p99Ms = mean.p99Ms * (0.95 + 0.1 * chance());
  return { forMs: SECONDS * 1000, served, arrived: served, p99Ms, load: workedMs / (SECONDS * 1000) };
}

const grown = (before: Stretch, from = 2, to = 4): Growth => ({ at: 0, from, to, before });

const steady = { perSecond: 50, serviceMs: 30, p99Ms: 100 };

describe("a growth", () => {
  test("of which nothing has come but chance is not undone", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 20, max: 300 }),
        (seed, from, more, perSecond) => {
          const chance = seededChance(seed);
          const before = seen(chance, { ...steady, perSecond });
          const verdict = judgeGrowth(
            grown(before, from, from + more),
            seen(chance, { ...steady, perSecond }),
            0,
            undefined,
          );
          expect(verdict.is).not.toBe("undone");
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  test("that halves what is answered is undone, though as much came", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (seed, from, more) => {
          const chance = seededChance(seed);
          const before = seen(chance, { ...steady, perSecond: 200 });
          const half = { ...seen(chance, { ...steady, perSecond: 100 }), arrived: before.arrived };
          expect(judgeGrowth(grown(before, from, from + more), half, 0, undefined).is).toBe("undone");
        },
      ),
    );
  });

  test("by which each message only costs more is undone: they wait for something else", () => {
    const before = seen(seededChance(1), { perSecond: 100, serviceMs: 20, p99Ms: 900 });
    const after = seen(seededChance(2), { perSecond: 100, serviceMs: 40, p99Ms: 900 });
    const verdict = judgeGrowth(grown(before), after, 5000, undefined);
    expect(verdict).toMatchObject({ is: "undone", lesson: { size: 2, until: 65_000, times: 1 } });
    expect(verdict).toHaveProperty(
      "why",
      expect.stringMatching(/^2 → 4 members: .* answers\/s, p99 .* of a member each$/),
    );
  });

  test("helps where more is answered, or the slow answers come sooner", () => {
    // Two members have 66 messages of 30 ms in a second, and no more.
    const before = seen(seededChance(1), { ...steady, perSecond: 66 });
    const more = seen(seededChance(2), { ...steady, perSecond: 120 });
    const sooner = seen(seededChance(3), { ...steady, p99Ms: 60 });
    expect(judgeGrowth(grown(before), more, 0, undefined).is).toBe("helped");
    expect(judgeGrowth(grown(before), sooner, 0, undefined).is).toBe("helped");
  });

  test("has not helped by what the members before could have answered too: they had only had little to do", () => {
    const before = seen(seededChance(1), { perSecond: 20, serviceMs: 10, p99Ms: 20 });
    const more = seen(seededChance(2), { perSecond: 95, serviceMs: 10, p99Ms: 25 });
    expect(judgeGrowth(grown(before, 1, 4), more, 0, undefined)).toMatchObject({
      is: "unclear",
      why: expect.stringMatching(/; but ×4\.\d came, and 1 could have answered (9\d|1\d\d)(\.\d)?\/s$/),
    });
    const beyond = seen(seededChance(3), { perSecond: 250, serviceMs: 10, p99Ms: 25 });
    expect(judgeGrowth(grown(before, 1, 4), beyond, 0, undefined).is).toBe("helped");
  });

  test("on an idle or fresh pool has not helped where each message costs more and slow answers come later", () => {
    const after = { forMs: 1050, served: 100, arrived: 112, p99Ms: 131, load: 3.94 };
    const fresh = { forMs: 535, served: 1, arrived: 12, p99Ms: 26, load: 0.028 };
    const few = { forMs: 535, served: 26, arrived: 38, p99Ms: 28.6, load: 0.724 };
    const none = { forMs: 500, served: 0, arrived: 12, p99Ms: undefined, load: 0 };
    expect(judgeGrowth(grown(fresh, 1, 4), after, 0, undefined)).toMatchObject({
      is: "unclear",
      why: expect.stringMatching(/; but ×4\.\d came, 1 answered before$/),
    });
    expect(judgeGrowth(grown(few, 1, 4), after, 0, undefined).is).not.toBe("helped");
    expect(judgeGrowth(grown(none, 1, 4), after, 0, undefined).is).toBe("unclear");
  });

  test("has not helped where the slow answers come sooner since less came", () => {
    const before = seen(seededChance(1), steady);
    const sooner = seen(seededChance(2), { ...steady, perSecond: 20, p99Ms: 40 });
    expect(judgeGrowth(grown(before), sooner, 0, undefined).is).toBe("unclear");
  });

  test("is not judged before enough was seen, nor by a load that has become another", () => {
    const before = seen(seededChance(1), { ...steady, perSecond: 300 });
    const short = { ...before, served: 99 };
    const other = seen(seededChance(2), { ...steady, perSecond: 100 });
    expect(judgeGrowth(grown(before), short, 0, undefined).is).toBe("open");
    expect(judgeGrowth(grown(before), { ...before, forMs: 4000 }, 0, undefined).is).toBe("open");
    expect(judgeGrowth(grown(before), other, 0, undefined).is).toBe("unclear");
  });
});

test("a lesson holds twice as long each time in a row, an hour at most; of another size it begins anew", () => {
  const before = seen(seededChance(1), { perSecond: 100, serviceMs: 20, p99Ms: 900 });
  const after = { ...before, load: before.load * 2 };
  const minutes: number[] = [];
  let lesson: Lesson | undefined;
  for (let now = 0; minutes.length < 9; now = lesson!.until) {
    const verdict = judgeGrowth(grown(before), after, now, lesson);
    if (verdict.is !== "undone") throw new Error(verdict.is);
    lesson = verdict.lesson;
    minutes.push((lesson.until - now) / 60_000);
  }
  expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(judgeGrowth(grown(before, 3, 4), after, 0, lesson)).toMatchObject({ lesson: { size: 3, times: 1 } });
});
