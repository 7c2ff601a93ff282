import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isPast,
  judgeCell,
  judgeProcess,
  type ProcessMemory,
  pauseAfter,
  unknownMemory,
} from "../../../src/system/memory/judge-memory.js";

const limits = { heap: 100, external: 50 };
const reading = (beat: number, heap: number, external = 0) => ({ beat, heap, external });

/** Looks at readings one after the other; which of them was the last straw. */
function straw(readings: ReturnType<typeof reading>[], own: Parameters<typeof judgeCell>[2] = limits) {
  let known = unknownMemory;
  for (const [index, one] of readings.entries()) {
    const judged = judgeCell(known, one, own);
    if (judged.over) return { index, ...judged.over };
    known = judged.known;
  }
  return undefined;
}

describe("a cell", () => {
  it.each([
    ["below its limits", [reading(1, 100, 50), reading(2, 100, 50)], undefined],
    [
      "over one for two beats",
      [reading(1, 110), reading(2, 105)],
      { index: 1, what: "heap", bytes: 105, limitBytes: 100 },
    ],
    [
      "over the other",
      [reading(1, 0, 51), reading(2, 0, 52)],
      { index: 1, what: "external", bytes: 52, limitBytes: 50 },
    ],
    ["over at one beat, looked at often", [reading(1, 110), reading(1, 110), reading(1, 110)], undefined],
    ["over, collected, and over again", [reading(1, 110), reading(2, 60), reading(3, 110), reading(4, 60)], undefined],
    ["far over at once", [reading(1, 126)], { index: 0, what: "heap", bytes: 126, limitBytes: 100 }],
    ["that never wrote", [reading(0, 0), reading(0, 0)], undefined],
  ] as const)("%s", (_, readings, expected) => {
    expect(straw([...readings])).toEqual(expected);
  });

  it("has no limit where none is given", () => {
    expect(straw([reading(1, 1e12, 1e12), reading(2, 1e12, 1e12)], { heap: undefined, external: undefined })).toBe(
      undefined,
    );
    expect(straw([reading(1, 1e12), reading(2, 1e12)], { heap: undefined, external: 1 })).toBe(undefined);
  });
});

describe("the pause after a recycling", () => {
  it("doubles while what is recycled is soon too heavy again, up to a bound, and begins anew after peace", () => {
    let pause = pauseAfter(undefined, 0);
    expect(pause).toEqual({ until: 1000, ms: 1000 });
    pause = pauseAfter(pause, 1500);
    expect(pause).toEqual({ until: 3500, ms: 2000 });
    for (let i = 0; i < 20; i++) pause = pauseAfter(pause, pause.until);
    expect(pause.ms).toBe(300_000);
    expect(isPast(pause, pause.until + 4 * pause.ms - 1)).toBe(false);
    expect(isPast(pause, pause.until + 4 * pause.ms)).toBe(true);
    expect(pauseAfter(pause, pause.until + 4 * pause.ms).ms).toBe(1000);
  });
});

describe("the process", () => {
  const calm: ProcessMemory = { over: false, pause: undefined };

  it("picks the heaviest when it is over its limit, and none before", () => {
    expect(judgeProcess(calm, 0, 100, 100, [5, 9, 7]).pick).toBe(undefined);
    expect(judgeProcess(calm, 0, 101, 100, [5, 9, 7]).pick).toBe(1);
  });

  it("has nobody to pick where no cell may be recycled, and picks when one may", () => {
    const { known, pick } = judgeProcess(calm, 0, 101, 100, []);
    expect(pick).toBe(undefined);
    expect(judgeProcess(known, 1, 101, 100, [1]).pick).toBe(0);
  });

  it("waits after each, longer when that did not help, and forgets it when it is well below", () => {
    const first = judgeProcess(calm, 0, 120, 100, [5]);
    expect(judgeProcess(first.known, 999, 120, 100, [5]).pick).toBe(undefined);
    const second = judgeProcess(first.known, 1000, 120, 100, [5]);
    expect(second.pick).toBe(0);
    expect(second.known.pause).toEqual({ until: 3000, ms: 2000 });
    // A little below is not relieved.
    expect(judgeProcess(second.known, 1500, 95, 100, [5]).known).toEqual(second.known);
    expect(judgeProcess(second.known, 1500, 89, 100, [5]).known).toEqual(calm);
  });

  it("never picks twice within a pause, whatever the weather", () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 91, max: 200 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(looks, (steps) => {
        let known = calm;
        let now = 0;
        let last = Number.NEGATIVE_INFINITY;
        for (const [ms, rss] of steps) {
          now += ms;
          const judged = judgeProcess(known, now, rss, 100, [1, 2]);
          if (judged.pick !== undefined) {
            expect(rss).toBeGreaterThan(100);
            expect(now - last).toBeGreaterThanOrEqual(1000);
            last = now;
          }
          known = judged.known;
        }
      }),
    );
  });
});
