import { describe, expect, it } from "vitest";
import { HoldfastError } from "../../../../src/errors.js";
import { partial } from "../../../../src/serving/policies/partial.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

const later = <T>(clock: VirtualClock, ms: number, value: T): Promise<T> =>
  new Promise((resolve) => clock.after(ms, () => resolve(value)));
const failing = (clock: VirtualClock, ms: number, error: Error): Promise<never> =>
  new Promise((_, reject) => clock.after(ms, () => reject(error)));

describe("an answer without the late one", () => {
  it("is all of it where all came in time", async () => {
    const clock = new VirtualClock();
    const answer = partial({ a: later(clock, 10, 1), b: later(clock, 20, "two") }, { within: 100, clock });
    await clock.advance(20);
    expect(await answer).toEqual({ values: { a: 1, b: "two" }, missing: {} });
    expect(clock.pending).toBe(0);
  });

  it("takes care of what is under way, also where its caller had given up before", async () => {
    const clock = new VirtualClock();
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", hear);
    try {
      const parts = { a: Promise.reject(new Error("nobody hears of it")) };
      await expect(partial(parts, { within: 100, clock, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "Cancelled",
      });
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("unhandledRejection", hear);
    }
    expect(unheard).toEqual([]);
  });

  it("names what is missing, and why, and cancels it", async () => {
    const clock = new VirtualClock();
    let given: AbortSignal | undefined;
    const answer = partial(
      {
        quick: later(clock, 10, 1),
        late: (signal) => {
          given = signal;
          return later(clock, 200, 2);
        },
        broken: failing(clock, 20, new HoldfastError("ActorDied", "it died")),
      },
      { within: 100, clock },
    );
    await clock.advance(99);
    expect(given!.aborted).toBe(false);
    await clock.advance(1);
    const { values, missing } = await answer;
    expect(values).toEqual({ quick: 1 });
    expect(missing).toMatchObject({ late: { code: "Timeout" }, broken: { code: "ActorDied" } });
    expect(given!.aborted).toBe(true);
    await clock.advance(200);
    expect(values).toEqual({ quick: 1 });
  });

  it("is none where what is needed has not come", async () => {
    const clock = new VirtualClock();
    const answer = partial({ a: later(clock, 10, 1), b: later(clock, 200, 2) }, { within: 100, need: ["b"], clock });
    const error = answer.catch((thrown: HoldfastError) => thrown);
    await clock.advance(100);
    expect(await error).toMatchObject({ code: "Timeout", details: { missing: ["b"] } });
    await clock.advance(200);
  });

  it("fails at once where what is needed cannot come any more, and cancels the others", async () => {
    const clock = new VirtualClock();
    let given: AbortSignal | undefined;
    const answer = partial(
      {
        a: failing(clock, 10, new Error("broken")),
        b: (signal) => {
          given = signal;
          return later(clock, 500, 2);
        },
      },
      { within: 1000, need: 2, clock },
    );
    const error = answer.catch((thrown: Error) => thrown);
    await clock.advance(10);
    expect(await error).toMatchObject({ message: "broken" });
    expect(given!.aborted).toBe(true);
    await clock.advance(500);
  });

  it("fails with the last error where every part has failed", async () => {
    const clock = new VirtualClock();
    const answer = partial(
      { a: failing(clock, 1, new Error("a")), b: failing(clock, 2, new Error("b")) },
      { within: 9, clock },
    );
    const error = answer.catch((thrown: Error) => thrown);
    await clock.advance(2);
    expect(await error).toMatchObject({ message: "b" });
  });

  it("is given up with its caller", async () => {
    const clock = new VirtualClock();
    const caller = new AbortController();
    let given: AbortSignal | undefined;
    const part = (signal: AbortSignal) => {
      given = signal;
      return later(clock, 50, 1);
    };
    const answer = partial({ part }, { within: 100, signal: caller.signal, clock });
    const error = answer.catch((thrown: HoldfastError) => thrown);
    caller.abort();
    expect(await error).toMatchObject({ code: "Cancelled" });
    expect(given!.aborted).toBe(true);
    await clock.advance(50);
    expect(clock.pending).toBe(0);
  });

  it("begins nothing for a caller who has left already", async () => {
    let begun = false;
    const part = async () => {
      begun = true;
    };
    await expect(partial({ part }, { within: 100, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "Cancelled",
    });
    expect(begun).toBe(false);
  });

  it("may need nothing at all", async () => {
    const clock = new VirtualClock();
    const answer = partial({ a: later(clock, 200, 1) }, { within: 100, need: 0, clock });
    await clock.advance(100);
    expect(await answer).toMatchObject({ values: {}, missing: { a: { code: "Timeout" } } });
    await clock.advance(100);
    expect(await partial({}, { within: 100, clock })).toEqual({ values: {}, missing: {} });
  });

  it("refuses options that nobody would read", () => {
    const a = Promise.resolve(1);
    expect(() => partial({ a }, { within: 1, needs: 1 } as never)).toThrow('did you mean "need"?');
    expect(() => partial({ a }, { within: 1, need: 2 })).toThrow("there are 1 parts");
    expect(() => partial({ a }, { within: 1, need: ["b"] as never })).toThrow('there is no part "b"');
  });
});
