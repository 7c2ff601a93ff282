import fc from "fast-check";
import { expect, test } from "vitest";
import { timeTicks } from "../../../src/dashboard/page/incidents/time-ticks.js";

const MINUTE = 60_000;
const at = (text: string) => Date.parse(`2026-03-01T${text}Z`);
const texts = (now: string, minutes: number, ahead = 0) =>
  timeTicks(at(now), minutes * MINUTE, ahead * MINUTE).map((tick) =>
    new Date(tick.at + ahead * MINUTE).toISOString().slice(11, 16),
  );

test("the strip of time is labelled with round times, not with those that are as far apart from now", () => {
  expect(texts("10:07:30", 15)).toEqual(["09:55", "10:00", "10:05"]);
  expect(texts("10:07:30", 60)).toEqual(["09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]);
  expect(texts("10:07:30", 360)).toEqual(["05:00", "06:00", "07:00", "08:00", "09:00"]);
  expect(texts("10:07:30", 1440)).toEqual(["12:00", "16:00", "20:00", "00:00", "04:00", "08:00"]);
});

test("times are round by the reader's clock, where that is ahead by half an hour too", () => {
  expect(texts("10:07:30", 360, 330)).toEqual(["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]);
});

test("there are never more labels than fit, none at an edge, and each is where its time is", () => {
  const spans = fc.constantFrom(15, 60, 360, 1440);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      spans,
      fc.integer({ min: -48, max: 56 }),
      (now, minutes, quarters) => {
        const span = minutes * MINUTE;
        const ticks = timeTicks(now, span, quarters * 15 * MINUTE);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(7);
        for (const tick of ticks) {
          expect(tick.part).toBeGreaterThan(0);
          expect(tick.part).toBeLessThan(0.95);
          expect(now - span + tick.part * span).toBeCloseTo(tick.at, 0);
        }
      },
    ),
  );
});
