import { describe, expect, it } from "vitest";
import { HoldfastError } from "../../../../src/errors.js";
import type { BatchOptions } from "../../../../src/serving/batching/batch-options.js";
import { type BatchCall, batcher } from "../../../../src/serving/batching/batcher.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

const doubled = (n: number) => n * 2;

/** A run that takes its time on a clock that the test moves; each item is doubled, or what `answer` says. */
function stage(
  options: BatchOptions<number> = {},
  { tookMs = 10, answer = doubled as (n: number) => number | Error } = {},
) {
  const clock = new VirtualClock();
  const runs: { items: readonly number[]; call: BatchCall; at: number }[] = [];
  const made = batcher<number, number>(
    async (items, call) => {
      runs.push({ items, call, at: clock.now() });
      await new Promise<void>((resolve) => clock.after(tookMs, resolve));
      return items.map(answer);
    },
    { max: 4, delay: 5, clock, ...options },
  );
  return { clock, runs, batcher: made, sizes: () => runs.map(({ items }) => items.length) };
}

const failure = (promise: Promise<unknown>): Promise<HoldfastError> =>
  promise.then(
    (value) => Promise.reject(new Error(`expected a failure, got ${String(value)}`)),
    (error: HoldfastError) => error,
  );

describe("a batcher", () => {
  it("runs together what comes within the delay, in order, and gives each its own answer", async () => {
    const { clock, runs, batcher } = stage();
    const first = batcher.add(1);
    await clock.advance(2);
    const others = [batcher.add(2), batcher.add(3)];
    await clock.advance(13);
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6]);
    expect(runs).toMatchObject([{ items: [1, 2, 3], at: 5, call: { key: "", weight: 3 } }]);
  });

  it("runs at once when it is full, and lets what comes meanwhile grow", async () => {
    const { clock, batcher, sizes, runs } = stage();
    const answers = [1, 2, 3, 4].map((n) => batcher.add(n));
    await clock.advance(0);
    expect(runs).toMatchObject([{ at: 0 }]);
    answers.push(...[5, 6].map((n) => batcher.add(n)));
    await clock.advance(9);
    answers.push(batcher.add(7));
    expect(sizes()).toEqual([4]);
    await clock.advance(20);
    expect(await Promise.all(answers)).toEqual([2, 4, 6, 8, 10, 12, 14]);
    // It waited while the first one ran: its delay is over when that is.
    expect(runs[1]).toMatchObject({ items: [5, 6, 7], at: 10 });
  });

  it("takes up what came while a run blocked the thread before it begins the next", async () => {
    const sizes: number[] = [];
    const blocking = batcher<number, number>(
      (items) => {
        sizes.push(items.length);
        return items.map(doubled);
      },
      { max: 4, delay: 0 },
    );
    const first = blocking.add(1).then(() => [2, 3].map((n) => blocking.add(n)));
    await Promise.all(await first);
    expect(sizes).toEqual([1, 2]);
  });

  it("runs one key at a time", async () => {
    const { clock, batcher, runs } = stage({ key: (n) => (n % 2 ? "odd" : "even") });
    const answers = [1, 2, 3, 4].map((n) => batcher.add(n));
    await clock.advance(40);
    await Promise.all(answers);
    expect(runs.map(({ items, call }) => [call.key, ...items])).toEqual([
      ["odd", 1, 3],
      ["even", 2, 4],
    ]);
  });

  it("bounds the weight of a batch", async () => {
    const { clock, batcher, runs } = stage({ weight: (n) => n, maxWeight: 10 });
    const answers = [6, 5, 20, 1].map((n) => batcher.add(n));
    await clock.advance(60);
    expect(await Promise.all(answers)).toEqual([12, 10, 40, 2]);
    expect(runs.map(({ items }) => items)).toEqual([[6], [5], [20], [1]]);
  });

  it("does not wait for others where a run has no fixed part that they could share", async () => {
    const { clock, batcher, runs } = stage({ delay: 50 });
    let asked = batcher.add(1);
    await clock.advance(60);
    await asked;
    expect(runs[0]!.at).toBe(50);
    const again = clock.now();
    asked = batcher.add(2);
    await clock.advance(10);
    await asked;
    expect(runs[1]!.at).toBe(again);
  });
});

describe("an item of a batcher", () => {
  it("leaves when its caller gives up before the run", async () => {
    const { clock, batcher, runs } = stage();
    const caller = new AbortController();
    const given = failure(batcher.add(1, { signal: caller.signal }));
    const other = batcher.add(2);
    await clock.advance(1);
    caller.abort(new HoldfastError("Cancelled", "enough"));
    expect(await given).toMatchObject({ code: "Cancelled", message: "enough" });
    await clock.advance(20);
    expect(await other).toBe(4);
    expect(runs.map(({ items }) => items)).toEqual([[2]]);
    expect(await failure(batcher.add(3, { signal: caller.signal }))).toMatchObject({ message: "enough" });
  });

  it("leaves nothing behind when it was alone", async () => {
    const { clock, batcher } = stage();
    const caller = new AbortController();
    const given = failure(batcher.add(1, { signal: caller.signal }));
    await clock.advance(1);
    caller.abort();
    await given;
    expect(clock.pending).toBe(0);
    expect(batcher.stats()).toMatchObject({ waiting: 0, waitingWeight: 0, runs: 0 });
  });

  it("that is late leaves at its deadline, also while another batch runs", async () => {
    const { clock, batcher, runs } = stage({ max: 1 }, { tookMs: 100 });
    const first = batcher.add(1);
    await clock.advance(10);
    const late = failure(batcher.add(2, { remaining: () => 20 }));
    await clock.advance(20);
    expect(await late).toMatchObject({ code: "Timeout", retryable: true });
    await clock.advance(200);
    expect(await first).toBe(2);
    expect(runs).toHaveLength(1);
  });

  it("is run in time for its deadline, however long the delay", async () => {
    const { clock, batcher, runs } = stage({ delay: 1000 });
    const asked = batcher.add(1, { remaining: () => 100 });
    await clock.advance(100);
    expect(await asked).toBe(2);
    expect(runs[0]!.at).toBeLessThanOrEqual(90);
  });

  it("stays until its run is over, so that whoever dies of it is known; when all are given up the run hears of it", async () => {
    const { clock, batcher, runs } = stage({ delay: 0 });
    const callers = [new AbortController(), new AbortController()];
    const settled: number[] = [];
    const answers = callers.map(({ signal }, i) => batcher.add(i, { signal }).then(() => settled.push(i)));
    await clock.advance(1);
    callers[0]!.abort();
    await clock.advance(1);
    expect(runs[0]!.call.signal.aborted).toBe(false);
    callers[1]!.abort();
    expect(runs[0]!.call.signal.aborted).toBe(true);
    await clock.advance(1);
    expect(settled).toEqual([]);
    await clock.advance(10);
    await Promise.all(answers);
    expect(settled).toEqual([0, 1]);
  });

  it("fails alone where the run gives an Error in its place", async () => {
    const { clock, batcher } = stage({}, { answer: (n) => (n === 2 ? new RangeError("two") : n) });
    const [good, bad] = [batcher.add(1), failure(batcher.add(2))];
    await clock.advance(20);
    expect(await good).toBe(1);
    expect(await bad).toMatchObject({ name: "RangeError", message: "two" });
  });

  it("is refused where as many wait as may, with when to come again", async () => {
    const { clock, batcher } = stage({ max: 1, delay: 0, maxWaiting: 2 });
    const first = batcher.add(1);
    await clock.advance(15);
    await first;
    const running = batcher.add(2);
    await clock.advance(1);
    const waiting = [batcher.add(3), batcher.add(4)];
    const refused = await failure(batcher.add(5));
    expect(refused).toMatchObject({ code: "MailboxFull", retryable: true, retryAfterMs: 20 });
    expect(refused.message).toContain("maxWaiting 2");
    await clock.advance(50);
    expect(await Promise.all([running, ...waiting])).toEqual([4, 6, 8]);
    expect(batcher.stats()).toMatchObject({ items: 4, runs: 4, refused: 1, waiting: 0, running: 0 });
  });

  it("is refused where what waits is as heavy as it may be", async () => {
    const { clock, batcher } = stage({ weight: (n) => n, maxWaitingWeight: 10 });
    const taken = batcher.add(8);
    expect(await failure(batcher.add(3))).toMatchObject({ code: "MailboxFull" });
    const fits = batcher.add(2);
    await clock.advance(30);
    expect(await Promise.all([taken, fits])).toEqual([16, 4]);
  });

  it("whose weight is no number above 0 is refused", async () => {
    const { batcher } = stage({ weight: (n) => n });
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await failure(batcher.add(bad))).toMatchObject({ code: "InvalidValue" });
    }
    expect(batcher.stats()).toMatchObject({ waiting: 0, waitingWeight: 0 });
  });
});

describe("a run that fails as a whole", () => {
  /** Throws where one of the bad is among its items. */
  const fragile = (bad: readonly number[], idempotent: boolean) => {
    const runs: (readonly number[])[] = [];
    const made = batcher<number, number>(
      (items) => {
        runs.push(items);
        if (items.some((n) => bad.includes(n))) throw new Error(`bad: ${items.join()}`);
        return items.map(doubled);
      },
      { max: 8, delay: 0, idempotent },
    );
    return { runs, made };
  };

  it("runs again in halves where its items may, and the bad one fails alone", async () => {
    const { runs, made } = fragile([6], true);
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map((n) => made.add(n)));
    expect(outcomes.map(({ status }) => status === "rejected")).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => n === 6));
    expect(outcomes[5]).toMatchObject({ reason: { message: "bad: 6" } });
    expect(runs.map((items) => items.join(""))).toEqual(["12345678", "1234", "5678", "56", "5", "6", "78"]);
  });

  it("is over after 2n - 1 runs where all are bad", async () => {
    const all = [1, 2, 3, 4, 5];
    const { runs, made } = fragile(all, true);
    const outcomes = await Promise.allSettled(all.map((n) => made.add(n)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    expect(runs).toHaveLength(9);
    expect(made.stats()).toMatchObject({ runs: 9, items: 5, running: 0 });
  });

  it("fails all of its items where they may not run again, and the next batch runs", async () => {
    const { runs, made } = fragile([2], false);
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => made.add(n)));
    expect(outcomes).toMatchObject(Array(3).fill({ status: "rejected", reason: { message: "bad: 1,2,3" } }));
    expect(runs).toHaveLength(1);
    expect(await made.add(4)).toBe(8);
  });

  it("does not run those again that were given up meanwhile", async () => {
    const caller = new AbortController();
    const runs: (readonly number[])[] = [];
    const made = batcher<number, number>(
      (items) => {
        runs.push(items);
        caller.abort();
        throw new Error("no");
      },
      { max: 2, delay: 0, idempotent: true },
    );
    await Promise.allSettled([made.add(1, { signal: caller.signal }), made.add(2)]);
    expect(runs).toEqual([[1, 2], [2]]);
  });

  it("is one that does not answer each item, or answers with no array", async () => {
    for (const answers of [[1], "two", undefined]) {
      const made = batcher<number, number>(() => answers as number[], { delay: 0 });
      const errors = await Promise.all([failure(made.add(1)), failure(made.add(2))]);
      expect(errors).toMatchObject(Array(2).fill({ code: "InvalidValue" }));
      expect(errors[0]!.message).toContain("a batch of 2");
    }
  });
});

describe("a batcher with a latency target", () => {
  it("finds about the largest batches that hold it, and tells", async () => {
    const clock = new VirtualClock();
    // A batch takes 2 ms and 1 for each. Who comes as one begins waits for it and for the own one: of 8 items that is 20 ms.
    const made = batcher<number, number>(
      async (items) => {
        await new Promise<void>((resolve) => clock.after(2 + items.length, resolve));
        return items;
      },
      { delay: 0, clock, target: "20ms", max: 32 },
    );
    expect(made.stats().max).toBe(1);
    let stop = false;
    const sizes: number[] = [];
    const load = async () => {
      while (!stop) {
        await made.add(1);
        sizes.push(made.stats().max);
      }
    };
    // As many as are never all in a batch: there is always somebody who waits.
    const loads = Array.from({ length: 40 }, load);
    await clock.advance(6000);
    stop = true;
    await clock.advance(200);
    await Promise.all(loads);
    const settled = sizes.slice(sizes.length / 2);
    expect(settled.length).toBeGreaterThan(1000);
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...settled)).toBeLessThanOrEqual(9);
  });
});

describe("the options of a batcher", () => {
  it.each([
    [{ max: 0 }, "batcher().max is 0"],
    [{ max: 1.5 }, "batcher().max is 1.5"],
    [{ delay: -1 }, "batcher().delay is -1"],
    [{ delay: Number.POSITIVE_INFINITY }, "a time that ends"],
    [{ target: 0 }, "batcher().target is 0"],
    [{ maxWeight: 0 }, "batcher().maxWeight is 0"],
    [{ maxWaiting: -1 }, "batcher().maxWaiting is -1"],
    [{ maxWaitingWeight: Number.NaN }, "batcher().maxWaitingWeight is NaN"],
    [{ key: "shape" }, 'batcher().key is "shape"'],
    [{ weight: 2 }, "batcher().weight is 2"],
    [{ idempotent: "yes" }, 'batcher().idempotent is "yes"'],
    [{ dealy: 5 }, 'did you mean "delay"?'],
  ])("%j is refused, with what to give", (options, says) => {
    let error: unknown;
    try {
      batcher(() => [], options as BatchOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining(says) });
  });

  it("and its run are checked", () => {
    expect(() => batcher(undefined as never)).toThrow("give the function that runs a batch");
  });
});
