import { afterEach, describe, expect, it, vi } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { HoldfastError } from "../../../../src/errors.js";
import { CircuitBreaker } from "../../../../src/serving/policies/breaker/breaker.js";
import { ResponseCache } from "../../../../src/serving/policies/cache/response-cache.js";
import { type GuardedOptions, guarded } from "../../../../src/serving/policies/guarded.js";
import type { HopEvent } from "../../../../src/serving/policies/hop-events.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

let clock = new VirtualClock();
let events: HopEvent[] = [];

afterEach(() => {
  const { pending } = clock;
  clock = new VirtualClock();
  events = [];
  // Nothing that has ended leaves a timer behind.
  expect(pending).toBe(0);
});

/** Work whose ends the test holds, behind policies. */
function held(options: GuardedOptions) {
  const calls: {
    arg: unknown;
    signal: AbortSignal;
    timeoutMs: number;
    end(value: unknown): void;
    fail(e: Error): void;
  }[] = [];
  const run = guarded(
    ({ signal, timeoutMs }, arg: unknown) =>
      new Promise<unknown>((end, fail) => {
        calls.push({ arg, signal, timeoutMs, end, fail });
      }),
    {
      clock,
      chance: seededChance(1),
      idempotent: true,
      name: "work",
      onEvent: (event) => events.push(event),
      ...options,
    },
  );
  return { calls, run };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
/** Moves time on until there is an outcome. */
async function played<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  const close = () => {
    open = false;
  };
  promise.then(close, close);
  for (await turn(); open; await turn()) {
    if (clock.nextAt !== undefined) await clock.advance(Math.max(0, clock.nextAt - clock.now()));
  }
  return promise;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "value",
    (error: HoldfastError) => error.code ?? error.message,
  );
const full = () => new HoldfastError("MailboxFull", "full");

describe("guarded work", () => {
  it("that ignores its signal has an outcome by its deadline all the same", async () => {
    const { run, calls } = held({ within: 100 });
    const answer = codeOf(run(1));
    await clock.advance(100);
    expect(await answer).toBe("Timeout");
    expect(calls[0]!.signal.aborted).toBe(true);
    calls[0]!.end("late");
  });

  it("that throws at once has failed like any other", async () => {
    const run = guarded(
      () => {
        throw new Error("broken");
      },
      { clock },
    );
    await expect(run()).rejects.toThrow("broken");
  });
});

describe("retry", () => {
  it("makes a call again until it goes well, and says so", async () => {
    const { run, calls } = held({ retry: true });
    const answer = run("a");
    calls[0]!.fail(full());
    await turn();
    await clock.advance(25);
    calls[1]!.fail(full());
    await turn();
    await clock.advance(50);
    calls[2]!.end("fine");
    expect(await answer).toBe("fine");
    expect(events.map((event) => [event.type, "attempt" in event && event.attempt])).toEqual([
      ["retry", 2],
      ["retry", 3],
    ]);
  });

  it("gives each attempt what is left of the deadline, or less", async () => {
    const { run, calls } = held({ within: 1000, retry: { attemptTimeout: 300, backoff: { max: 0 } } });
    const answer = codeOf(run("a"));
    for (const left of [300, 300, 300]) {
      expect(calls.at(-1)!.timeoutMs).toBe(left);
      await clock.advance(300);
    }
    expect(await answer).toBe("Timeout");
    expect(calls).toHaveLength(3);
    for (const { signal } of calls) expect(signal.aborted).toBe(true);
  });

  it("is bounded by its budget: an outage is not multiplied", async () => {
    let asked = 0;
    const run = guarded(
      async () => {
        asked++;
        throw full();
      },
      { clock, chance: () => 0.999, retry: { budget: 0.1, backoff: { initial: 0 } } },
    );
    for (let call = 0; call < 1000; call++) {
      expect(await played(codeOf(run()))).toBe("MailboxFull");
    }
    // Ten were saved up, and a tenth of the calls has earned one more.
    expect(asked).toBeLessThanOrEqual(1000 + 110);
    expect(asked).toBeGreaterThan(1000 + 90);
  });
});

describe("circuit breaker", () => {
  const breaker = { minimumCalls: 4, openFor: 1000, probes: 1 };

  it("refuses at once while it is open, with advice, and closes when a probe goes well", async () => {
    const { run, calls } = held({ breaker });
    for (let call = 0; call < 4; call++) {
      const failed = codeOf(run(call));
      calls.at(-1)!.fail(new HoldfastError("ActorDied", "it died"));
      expect(await failed).toBe("ActorDied");
    }
    const refused = await run("no").catch((error: HoldfastError) => error);
    expect(refused).toMatchObject({ code: "BreakerOpen", retryable: true, retryAfterMs: 1000 });
    expect(calls).toHaveLength(4);
    await clock.advance(1000);
    const probe = run("probe");
    expect(await codeOf(run("beside it"))).toBe("BreakerOpen");
    calls[4]!.end("well");
    expect(await probe).toBe("well");
    const after = run("after");
    calls[5]!.end("well");
    expect(await after).toBe("well");
    expect(events.map((event) => "state" in event && event.state)).toEqual(["open", "half-open", "closed"]);
  });

  it("counts neither refusals nor a full mailbox nor callers who left", async () => {
    const { run, calls } = held({ breaker });
    for (const code of ["Refused", "InvalidValue", "MailboxFull", "Cancelled", "UnknownMethod"] as const) {
      for (let call = 0; call < 5; call++) {
        const failed = codeOf(run(call));
        calls.at(-1)!.fail(new HoldfastError(code, "no"));
        expect(await failed).toBe(code);
      }
    }
    expect(events).toEqual([]);
  });

  it("is shared by the hops that were given it", async () => {
    const shared = new CircuitBreaker(breaker, { clock });
    const one = held({ breaker: shared });
    const other = held({ breaker: shared });
    for (let call = 0; call < 4; call++) {
      const failed = codeOf(one.run(call));
      one.calls.at(-1)!.fail(new Error("broken"));
      await failed;
    }
    expect(await codeOf(other.run(1))).toBe("BreakerOpen");
    expect(shared.statistics).toMatchObject({ state: "open", opened: 1, refused: 1 });
  });
});

describe("hedge", () => {
  const hedge = { after: 50, budget: 1 };

  it("asks again what is late, takes the first value and cancels the other", async () => {
    const { run, calls } = held({ hedge });
    const answer = run("a");
    await clock.advance(49);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    expect(calls.map(({ arg }) => arg)).toEqual(["a", "a"]);
    calls[1]!.end("second");
    expect(await answer).toBe("second");
    expect(calls[0]!.signal.aborted).toBe(true);
    expect(calls[1]!.signal.aborted).toBe(false);
    calls[0]!.end("first, late");
  });

  it("waits for the other one when one fails", async () => {
    for (const [loser, winner] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { run, calls } = held({ hedge });
      const answer = run("a");
      await clock.advance(50);
      calls[loser]!.fail(new Error("broken"));
      await turn();
      calls[winner]!.end("fine");
      expect(await answer).toBe("fine");
    }
  });

  it("fails once when both fail, with the error that says the most", async () => {
    const { run, calls } = held({ hedge });
    const answer = codeOf(run("a"));
    await clock.advance(50);
    calls[0]!.fail(full());
    calls[1]!.fail(new HoldfastError("ActorDied", "it died"));
    expect(await answer).toBe("ActorDied");
  });

  it("takes a refusal of the first for an answer", async () => {
    const { run, calls } = held({ hedge });
    const answer = codeOf(run("a"));
    await clock.advance(50);
    calls[0]!.fail(new HoldfastError("Refused", "no"));
    expect(await answer).toBe("Refused");
    expect(calls[1]!.signal.aborted).toBe(true);
  });

  it("is not tried for an error: nobody was late", async () => {
    const { run, calls } = held({ hedge });
    const answer = codeOf(run("a"));
    calls[0]!.fail(new HoldfastError("ActorDied", "it died"));
    expect(await answer).toBe("ActorDied");
    await clock.advance(100);
    expect(calls).toHaveLength(1);
  });

  it("asks no second time what may not run twice", async () => {
    const { run, calls } = held({ hedge, idempotent: false });
    const answer = run("a");
    await clock.advance(1000);
    expect(calls).toHaveLength(1);
    calls[0]!.end("fine");
    expect(await answer).toBe("fine");
  });

  it("stays within its budget, and learns by itself what late is", async () => {
    let asked = 0;
    const run = guarded(
      (_call, ms: number) => {
        asked++;
        return new Promise<number>((resolve) => clock.after(ms, () => resolve(ms)));
      },
      { clock, hedge: true, idempotent: true },
    );
    const chance = seededChance(3);
    for (let call = 0; call < 3000; call++) {
      const answer = run(chance() < 0.1 ? 100 : 1 + Math.floor(chance() * 5));
      expect(await played(answer)).toBeLessThanOrEqual(100);
    }
    // The last ones that lost are still at it.
    await clock.advance(100);
    expect(asked - 3000).toBeLessThanOrEqual(3000 * 0.02);
    expect(asked - 3000).toBeGreaterThan(10);
  });
});

describe("fallback", () => {
  it("answers where all else has failed, within what is left of the caller's time, and is told", async () => {
    const { run, calls } = held({ timeout: 100, fallback: { to: ({ args }) => `instead of ${args[0]}` } });
    const answer = run("a");
    await clock.advance(100);
    expect(await answer).toBe("instead of a");
    expect(calls[0]!.signal.aborted).toBe(true);
    expect(events).toEqual([{ type: "fallback", path: "work", method: "run", code: "Timeout" }]);
  });

  it("that hangs ends at the caller's deadline, with the first error", async () => {
    const { run, calls } = held({ within: 200, fallback: { to: () => new Promise(() => {}) } });
    const answer = codeOf(run("a"));
    calls[0]!.fail(new HoldfastError("ActorDied", "it died"));
    await turn();
    await clock.advance(200);
    expect(await answer).toBe("ActorDied");
    expect(events).toMatchObject([{ type: "fallback", code: "ActorDied", failed: "Timeout" }]);
  });

  it("is not asked for what is the call's own fault, nor for codes that it does not cover", async () => {
    const { run, calls } = held({ fallback: { to: () => "instead" } });
    const refused = codeOf(run("a"));
    calls[0]!.fail(new HoldfastError("Refused", "no"));
    expect(await refused).toBe("Refused");
    const only = held({ fallback: { to: () => "instead", on: ["BreakerOpen"] } });
    const died = codeOf(only.run("a"));
    only.calls[0]!.fail(new HoldfastError("ActorDied", "it died"));
    expect(await died).toBe("ActorDied");
  });
});

describe("response cache", () => {
  /** Work whose answers are kept; the package behind it is there. */
  async function cached(options: GuardedOptions["cache"] = true, more: GuardedOptions = {}) {
    const cache = new ResponseCache(options === true ? {} : (options as object), {
      clock,
      tell: (e) => events.push(e),
    });
    await cache.opened();
    return { cache, ...held({ cache, ...more }) };
  }

  it("gives an answer again until its time is over", async () => {
    const { run, calls, cache } = await cached({ ttl: 1000 });
    const first = run({ x: 1 });
    calls[0]!.end([1]);
    expect(await first).toEqual([1]);
    await clock.advance(1000);
    expect(await run({ x: 1 })).toEqual([1]);
    await clock.advance(1);
    const again = run({ x: 1 });
    calls[1]!.end([2]);
    expect(await again).toEqual([2]);
    expect(cache.statistics).toMatchObject({ hits: 1, misses: 2, entries: 1 });
  });

  it("gives nobody what another can change", async () => {
    const { run, calls } = await cached();
    const first = run(1) as Promise<Uint8Array>;
    calls[0]!.end(new Uint8Array([1, 2]));
    (await first)[0] = 9;
    const second = (await run(1)) as Uint8Array;
    expect([...second]).toEqual([1, 2]);
    second[0] = 9;
    expect([...((await run(1)) as Uint8Array)]).toEqual([1, 2]);
  });

  it("asks once for those who ask for the same at the same time", async () => {
    const { run, calls, cache } = await cached();
    const answers = [run(1), run(1), run(1), run(2)];
    expect(calls).toHaveLength(2);
    calls[0]!.end({ a: 1 });
    calls[1]!.end({ a: 2 });
    const values = await Promise.all(answers);
    expect(values).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }, { a: 2 }]);
    expect(new Set(values).size).toBe(4);
    expect(cache.statistics).toMatchObject({ misses: 2, shared: 2 });
  });

  it("keeps no error, and those who waited get it too", async () => {
    const { run, calls } = await cached();
    const answers = [run(1), run(1)].map(codeOf);
    calls[0]!.fail(new HoldfastError("ActorDied", "it died"));
    expect(await Promise.all(answers)).toEqual(["ActorDied", "ActorDied"]);
    const again = run(1);
    calls[1]!.end(1);
    expect(await again).toBe(1);
  });

  it("keeps refusals for a while where that was asked for", async () => {
    const { run, calls } = await cached({ refusals: 100 });
    const refused = codeOf(run(1));
    calls[0]!.fail(new HoldfastError("Refused", "too long"));
    expect(await refused).toBe("Refused");
    expect(await codeOf(run(1))).toBe("Refused");
    expect(calls).toHaveLength(1);
    await clock.advance(101);
    const again = run(1);
    calls[1]!.end(1);
    expect(await again).toBe(1);
  });

  it("gives a stale answer instead of an error, says so, and not for ever", async () => {
    const { run, calls, cache } = await cached({ ttl: 100, staleIfError: 1000 });
    const first = run(1);
    calls[0]!.end("old");
    await first;
    await clock.advance(600);
    const stale = run(1);
    calls[1]!.fail(new HoldfastError("Unavailable", "nobody there"));
    expect(await stale).toBe("old");
    expect(events).toEqual([{ type: "stale", path: "work", method: "run", ageMs: 600, code: "Unavailable" }]);
    const refused = codeOf(run(1));
    calls[2]!.fail(new HoldfastError("Refused", "no"));
    expect(await refused).toBe("Refused");
    await clock.advance(501);
    const gone = codeOf(run(1));
    calls[3]!.fail(new HoldfastError("Unavailable", "nobody there"));
    expect(await gone).toBe("Unavailable");
    expect(cache.statistics.stale).toBe(1);
  });

  it("is bounded in bytes: what was not asked for longest leaves", async () => {
    const { run, calls, cache } = await cached({ maxBytes: 100_000 });
    for (let call = 0; call < 200; call++) {
      const answer = run(call);
      calls.at(-1)!.end(new Uint8Array(10_000));
      await answer;
      expect(cache.statistics.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(cache.statistics.entries).toBeGreaterThan(5);
    expect(cache.statistics.evicted).toBe(200 - cache.statistics.entries);
    const large = run("large");
    calls.at(-1)!.end(new Uint8Array(200_000));
    await large;
    expect(cache.statistics.bytes).toBeLessThanOrEqual(100_000);
  });

  it("forgets all at clear(), what is under way included", async () => {
    const { run, calls, cache } = await cached();
    const before = run(1);
    cache.clear();
    const after = run(1);
    calls[0]!.end("of the old model");
    calls[1]!.end("of the new model");
    expect(await before).toBe("of the old model");
    expect(await after).toBe("of the new model");
    expect(await run(1)).toBe("of the new model");
    expect(calls).toHaveLength(2);
  });

  it("keeps only what may run twice, unless it is forced to", async () => {
    const { run, calls } = await cached(true, { idempotent: false });
    for (let call = 0; call < 2; call++) {
      const answer = run(1);
      calls[call]!.end(call);
      expect(await answer).toBe(call);
    }
    const forced = await cached({ methods: ["run"], force: true }, { idempotent: false });
    const answer = forced.run(1);
    forced.calls[0]!.end(1);
    await answer;
    expect(await forced.run(1)).toBe(1);
  });

  it("takes calls for equal that its own key calls so, and passes those without one", async () => {
    const key = (_method: string, args: readonly unknown[]) => {
      const [arg] = args as [{ id?: string }];
      return arg.id;
    };
    const { run, calls, cache } = await cached({ key });
    const first = run({ id: "a", at: 1 });
    calls[0]!.end("a");
    await first;
    expect(await run({ id: "a", at: 2 })).toBe("a");
    const other = run({});
    calls[1]!.end("other");
    expect(await other).toBe("other");
    expect(cache.statistics).toMatchObject({ hits: 1, passed: 1 });
  });

  it("lets each ask for itself what cannot be copied", async () => {
    const { run, calls } = await cached();
    const answers = [run(1), run(1)];
    const fn = () => 1;
    calls[0]!.end(fn);
    await turn();
    calls[1]!.end("own");
    expect(await Promise.all(answers)).toEqual([fn, "own"]);
  });

  describe("of those who wait for one answer", () => {
    it("one that gives up leaves the others alone, the first too", async () => {
      const { run, calls } = await cached();
      const first = new AbortController();
      const second = new AbortController();
      const answers = [run.with({ signal: first.signal })(1), run.with({ signal: second.signal })(1), run(1)];
      const ends = answers.map(codeOf);
      first.abort();
      expect(await ends[0]).toBe("Cancelled");
      second.abort();
      expect(await ends[1]).toBe("Cancelled");
      expect(calls[0]!.signal.aborted).toBe(false);
      calls[0]!.end("one");
      expect(await answers[2]).toBe("one");
      expect(calls).toHaveLength(1);
    });

    it("the last one that gives up cancels the call, and who comes then asks anew", async () => {
      const { run, calls } = await cached();
      const gone = new AbortController();
      const ends = [1, 2].map(() => codeOf(run.with({ signal: gone.signal })("a")));
      gone.abort();
      expect(await Promise.all(ends)).toEqual(["Cancelled", "Cancelled"]);
      expect(calls[0]!.signal.aborted).toBe(true);
      const next = run("a");
      calls[0]!.end("late, of the first");
      calls[1]!.end("of the second");
      expect(await next).toBe("of the second");
      expect(await run("a")).toBe("of the second");
    });

    it("each has an outcome by its own deadline, and who has more time asks on", async () => {
      const { run, calls } = await cached();
      const short = codeOf(run.with({ timeout: 100 })(1));
      const long = run.with({ timeout: 1000 })(1);
      const shorter = codeOf(run.with({ timeout: 50 })(1));
      await clock.advance(50);
      expect(await shorter).toBe("Timeout");
      await clock.advance(50);
      expect(await short).toBe("Timeout");
      expect(calls[0]!.signal.aborted).toBe(true);
      expect(calls.map(({ timeoutMs }) => timeoutMs)).toEqual([100, 900]);
      calls[1]!.end("in time");
      expect(await long).toBe("in time");
    });

    it("each gets the stale answer where its time is over", async () => {
      const { run, calls } = await cached({ ttl: 100, staleIfError: 10_000 });
      const before = run(1);
      calls[0]!.end("old");
      await before;
      await clock.advance(101);
      const answers = [run.with({ timeout: 500 })(1), run.with({ timeout: 200 })(1)];
      await clock.advance(500);
      expect(await Promise.all(answers)).toEqual(["old", "old"]);
    });
  });
});

it("a cache that two share gives nobody the answer of another, though both have one name", async () => {
  const cache = new ResponseCache();
  const user = guarded((_, id: string) => `user ${id}`, { cache, idempotent: true, name: "work" });
  const order = guarded((_, id: string) => `order ${id}`, { cache, idempotent: true, name: "work" });
  // The store is loaded with the first call.
  await vi.waitFor(async () => {
    await Promise.all([user("42"), order("42")]);
    expect(cache.statistics.entries).toBe(2);
  });
  const { hits } = cache.statistics;
  expect([await user("42"), await order("42")]).toEqual(["user 42", "order 42"]);
  expect(cache.statistics.hits).toBe(hits + 2);
});
