import fc from "fast-check";
import { expect, it } from "vitest";
import { Arrivals } from "../../../src/routing/scaling/arrivals.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";

it("nobody waits: no age", () => {
  const arrivals = new Arrivals(new VirtualClock());
  arrivals.came();
  expect(arrivals.oldestWaitMs(10, 0)).toBe(0);
});

it("tells the age of the first that waits, to a sixteenth of the longest queue there was, and never too young", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant("comes" as const), many: fc.integer({ min: 1, max: 50 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant("leaves" as const), many: fc.integer({ min: 1, max: 50 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let now = 0;
      const clock = { now: () => now, wallTime: () => 0, after: () => ({ cancel() {} }) };
      const arrivals = new Arrivals(clock);
      /** When each came; the first `left` of them wait no more. */
      const came: number[] = [];
      let left = 0;
      let longest = 0;
      for (const { type, many } of steps) {
        for (let i = 0; i < many; i++) {
          now++;
          if (type === "comes") {
            came.push(now);
            longest = Math.max(longest, came.length - left);
            arrivals.waits(came.length - left);
          } else left = Math.min(came.length, left + 1);
        }
        const waiting = came.length - left;
        const since = now - arrivals.oldestWaitMs(now, waiting);
        if (waiting === 0) expect(since).toBe(now);
        else expect(left - came.indexOf(since)).toBeLessThanOrEqual(Math.ceil(longest / 16));
        if (waiting > 0) expect(since).toBeLessThanOrEqual(came[left]!);
      }
    }),
  );
});
