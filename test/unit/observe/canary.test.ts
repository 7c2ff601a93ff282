import { describe, expect, it } from "vitest";
import { HoldfastError, refuse } from "../../../src/errors.js";
import { Canary } from "../../../src/observe/canary.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";

function stage({ counts = true } = {}) {
  const clock = new VirtualClock();
  const seen = { asked: 0, answered: 0 };
  let answer: (() => Promise<unknown>) | undefined;
  const canary = new Canary({
    clock,
    everyMs: 1000,
    answered: () => (counts ? seen.answered : undefined),
    ask: async () => {
      seen.asked++;
      await answer?.();
      seen.answered++;
    },
  });
  canary.begin();
  const answersBy = (how: (() => Promise<unknown>) | undefined) => {
    answer = how;
  };
  const failsBy = (error: Error) => answersBy(() => Promise.reject(error));
  return { clock, seen, canary, answersBy, failsBy };
}

const late = new HoldfastError("Timeout", "no answer within 5000 ms");

describe("a canary", () => {
  it("asks while nobody else is answered, and at no time when somebody is", async () => {
    const { clock, seen, canary } = stage();
    await clock.advance(3000);
    expect(seen.asked).toBe(3);
    for (let i = 0; i < 10; i++) {
      seen.answered++;
      await clock.advance(1000);
    }
    expect(seen.asked).toBe(3);
    await clock.advance(2000);
    expect([seen.asked, canary.failure]).toEqual([5, undefined]);
  });

  it("that fails says why, until it or anybody is answered", async () => {
    const { clock, seen, canary, failsBy, answersBy } = stage();
    failsBy(late);
    await clock.advance(1000);
    expect(canary.failure).toBe("Timeout: no answer within 5000 ms");
    // That may be its own answer, which comes late.
    seen.answered++;
    expect(canary.failure).toContain("Timeout");
    // At once, not at the next look.
    seen.answered++;
    expect(canary.failure).toBeUndefined();
    await clock.advance(1000);
    expect(seen.asked).toBe(1);
    await clock.advance(1000);
    expect(canary.failure).toContain("Timeout");
    answersBy(undefined);
    await clock.advance(1000);
    expect(canary.failure).toBeUndefined();
  });

  it("that is refused by the handler was answered", async () => {
    const { clock, canary, failsBy } = stage();
    failsBy(refuse("no-such-page"));
    await clock.advance(1000);
    expect(canary.failure).toBeUndefined();
  });

  it("asks one thing at a time, and nothing more when it is stopped", async () => {
    const { clock, seen, canary, answersBy } = stage();
    let end = () => {};
    answersBy(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await clock.advance(5000);
    expect(seen.asked).toBe(1);
    end();
    await new Promise(setImmediate);
    await clock.advance(1000);
    expect(seen.asked).toBe(2);
    canary.stop();
    end();
    await clock.advance(10_000);
    expect(seen.asked).toBe(2);
  });

  it("asks every time where nobody counts answers", async () => {
    const { clock, seen, canary, failsBy } = stage({ counts: false });
    failsBy(late);
    await clock.advance(2000);
    expect([seen.asked, canary.failure]).toEqual([2, "Timeout: no answer within 5000 ms"]);
  });
});
