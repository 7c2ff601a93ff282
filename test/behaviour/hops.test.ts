import { Actor, inline, keyed, pool, type Ref, refTo, supervisor } from "holdfast";
import { CircuitBreaker, type HopEvent, hop, hopStatistics, ResponseCache } from "holdfast/serving";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

afterEach(stopTestSystems);

/** Answers as it is told to, and counts. */
class Reader extends Actor<{ from?: number }> {
  static override methods = { read: { idempotent: true }, slow: { idempotent: true } };
  static override onThrow = "reply" as const;
  #times = 0;
  read(text: string): { text: string; times: number } {
    return { text, times: ++this.#times };
  }
  change(): number {
    return ++this.#times;
  }
  /** Member 1 takes long, the others do not. */
  slow(ms: number): Promise<string> {
    const who = this.self.path.split("/").at(-1)!;
    if (who !== "1") return Promise.resolve(who);
    return new Promise((resolve) => this.after(ms, () => resolve(who)));
  }
  fail(text: string): never {
    throw new Error(text);
  }
  async *count(to: number) {
    for (let i = 1; i <= to; i++) yield i;
  }
}

describe("a ref with policies", () => {
  it("is asked like any other, and knows from the class what may run twice", async () => {
    const test = await testSystem(supervisor({}, { reader: inline(Reader, {}) }));
    const cache = new ResponseCache({}, { clock: test.clock! });
    await cache.opened();
    const reader = hop(test.refs.reader, { cache, retry: true, breaker: true, hedge: true });
    expect(reader.path).toBe("app/reader");
    expect(await reader.ask.read("a")).toEqual({ text: "a", times: 1 });
    expect(await reader.ask.read("a")).toEqual({ text: "a", times: 1 });
    expect(await reader.ask.change()).toBe(2);
    expect(await reader.ask.change()).toBe(3);
    expect(hopStatistics(reader)).toMatchObject({ cache: { hits: 1, misses: 1 }, breaker: { state: "closed" } });
    expect(reader.tell.read("b")).toBe(true);
    const values: number[] = [];
    for await (const value of reader.ask.count(3)) values.push(value);
    expect(values).toEqual([1, 2, 3]);
  });

  it("refuses to give a call no time at all", async () => {
    const { refs } = await play({ hand: at("inline", Hand) });
    expect(() => hop(refs.hand, { timeout: 0 })).toThrow("timeout is 0: give more than 0");
    expect(() => hop(refs.hand, { retry: { attemptTimeout: "0s" } })).toThrow('attemptTimeout is "0s"');
  });

  it("keeps the options of the ref, and takes more", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hand: at("inline", Hand, { gate }) });
    const patient = hop(refs.hand.with({ timeout: 30 }), { retry: true });
    expect(await failure(patient.ask.hold("door"))).toMatchObject({ code: "Timeout" });
    const caller = new AbortController();
    const given = failure(patient.with({ signal: caller.signal, timeout: "10s" }).ask.hold("door"));
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled" });
    expect(await failure(patient.with({ signal: caller.signal }).ask.say(1))).toMatchObject({ code: "Cancelled" });
    expect(await failure(patient.with({ timeout: "no" as never }).ask.say(1))).toMatchObject({ code: "InvalidSpec" });
  });

  it("keeps the answers of keys apart", async () => {
    const test = await testSystem(supervisor({}, { readers: keyed(inline(Reader, {})) }));
    const cache = new ResponseCache({}, { clock: test.clock! });
    await cache.opened();
    const readers = hop(test.refs.readers, { cache, idempotent: ["read"] });
    expect(await readers.key("a").ask.read("x")).toEqual({ text: "x", times: 1 });
    expect(await readers.key("a").ask.read("x")).toEqual({ text: "x", times: 1 });
    expect(await readers.key("b").ask.read("y")).toEqual({ text: "y", times: 1 });
    expect(await readers.key("b").ask.read("x")).toEqual({ text: "x", times: 2 });
  });

  it("sent in a message is the ref itself", async () => {
    const { refs } = await play({ one: at("thread", Hand), other: at("thread", Hand) });
    const one = hop(refs.one, { retry: true });
    expect(await refs.other.ask.askOther(one as never, "say", 5)).toBe(5);
  });

  it("can be made before its actor has ever started, also of one that streams", async () => {
    const test = await testSystem(supervisor({}, { reader: inline(Reader, {}) }), { start: "background" });
    const reader = hop(test.refs.reader, { retry: true });
    const values: number[] = [];
    for await (const value of reader.ask.count(2)) values.push(value);
    expect(values).toEqual([1, 2]);
  });

  it("refuses what it cannot be made of", async () => {
    const test = await testSystem(supervisor({}, { reader: inline(Reader, {}) }));
    const { reader } = test.refs;
    expect(() => hop({} as Ref<Reader>, {})).toThrow("hop() got an object");
    expect(() => hop(reader, { retrys: true } as never)).toThrow('did you mean "retry"?');
    expect(() => hop(reader, { retry: { attempts: 0 } })).toThrow("hop(app/reader).retry.attempts is 0");
    expect(() => hop(reader, { hedge: { budget: 2 } })).toThrow("hop(app/reader).hedge.budget is 2");
    expect(() => hop(reader, { breaker: { window: 0 } })).toThrow("hop(app/reader).breaker.window is 0");
    expect(() => hop(reader, { cache: { force: true } })).toThrow("hop(app/reader).cache.methods");
    expect(() => hop(reader, { fallback: { to: 5 as never } })).toThrow("hop(app/reader).fallback.to is 5");
    expect(() => hopStatistics(reader)).toThrow("give what hop() has returned");
  });
});

describe("a breaker", () => {
  it("tells the app when it opens and closes, and lets no call through meanwhile", async () => {
    const test = await testSystem(supervisor({}, { reader: inline(Reader, {}) }));
    const reader = hop(test.refs.reader, { breaker: { minimumCalls: 3, probes: 1, openFor: "1s" } });
    for (let call = 0; call < 3; call++) expect(await failure(reader.ask.fail("no"))).toMatchObject({ message: "no" });
    expect(await failure(reader.ask.read("a"))).toMatchObject({ code: "BreakerOpen", retryAfterMs: 1000 });
    await test.advance("1s");
    expect(await reader.ask.read("a")).toEqual({ text: "a", times: 1 });
    const told = test.record.events.filter((event) => event.type === "breaker");
    expect(told.map(({ state }) => state)).toEqual(["open", "half-open", "closed"]);
    expect(told[0]).toMatchObject({ path: "app/reader", why: "3 of 3 calls within 10000 ms failed" });
  });
});

describe("a hedge", () => {
  /** Two members of which the first is slow, and calls enough to have learned nothing. */
  const two = () => supervisor({}, { readers: pool(inline(Reader, {}), { size: 2 }) });

  it("asks another member when one is late, and cancels the first", async () => {
    const test = await testSystem(two());
    const readers = hop(test.refs.readers, { hedge: { after: 20, budget: 1 } });
    // The one that was freed last is asked first.
    const warm = await test.runUntil(Promise.all([readers.ask.slow(0), readers.ask.slow(0)]));
    expect(warm.sort()).toEqual(["1", "2"]);
    const answers = [readers.ask.slow(1000), readers.ask.slow(1000)];
    await test.advance(30);
    expect(await Promise.all(answers)).toEqual(["2", "2"]);
    expect(hopStatistics(readers).hedge).toMatchObject({ hedged: 1, won: 1 });
  });

  it.each(["round-robin", "random", "smallest-mailbox", "two-choices", "least-wait", "consistent-hash"] as const)(
    "asks another one where members are picked: %s",
    async (route) => {
      const test = await testSystem(supervisor({}, { readers: pool(inline(Reader, {}), { size: 2, route }) }));
      const readers = hop(test.refs.readers, { hedge: { after: 20, budget: 1 } });
      for (let call = 0; call < 20; call++) {
        const answer = readers.ask.slow(1000);
        await test.advance(25);
        expect(await answer).toBe("2");
        // The member that lost is free again.
        await test.advance(1000);
      }
    },
  );

  it("does not where messages wait for a member: that would make it worse", async () => {
    const test = await testSystem(two());
    const readers = hop(test.refs.readers, { hedge: { after: 20, budget: 1 } });
    const blocked = [test.refs.readers.ask.slow(5000), test.refs.readers.ask.slow(0)];
    await test.advance(0);
    const flood = Array.from({ length: 5 }, () => test.refs.readers.ask.slow(1000));
    const late = readers.ask.slow(1000);
    await test.advance(10_000);
    await Promise.all([...blocked, ...flood, late]);
    expect(hopStatistics(readers).hedge).toMatchObject({ hedged: 0 });
  });

  it("is of no use before a single actor, which would only have it wait behind the first", async () => {
    const test = await testSystem(supervisor({}, { one: inline(Reader, {}) }));
    const one = hop(test.refs.one, { hedge: { after: 20, budget: 1 } });
    const answer = one.ask.slow(500);
    await test.advance(500);
    await answer;
    expect(hopStatistics(one).hedge).toMatchObject({ calls: 1, hedged: 0 });
  });
});

describe.each(walls)("whatever dies, every ask has one outcome, $level", ({ level }) => {
  it("a member is killed in the middle of a hedge", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: pool(at(level, Hand, { gate }), { size: 2 }),
    });
    const events: HopEvent[] = [];
    const hands = hop(refs.hands, {
      hedge: { after: 20, budget: 1 },
      idempotent: true,
      onEvent: (event) => events.push(event),
    });
    const answer = hands.ask.again("door");
    await made.reached("door", 2);
    expect(events).toMatchObject([{ type: "hedge", method: "again" }]);
    app.kill("hands/1");
    // It is delivered again, since it may run twice; the other one holds still.
    await made.reached("door", 3);
    made.open("door");
    expect(await answer).toBeTypeOf("number");
    await until(() => app.tree().children![1]!.mailbox!.executing === 0, "the loser to end");
  });

  it("both members of a hedge are killed, again and again", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }), { size: 2 }) });
    const hands = hop(refs.hands, { hedge: { after: 20, budget: 1 }, retry: true, idempotent: true });
    const answer = hands.ask.again("door");
    await made.reached("door", 2);
    for (const arrivals of [4, 6]) {
      app.kill("hands/1");
      app.kill("hands/2");
      await made.reached("door", arrivals);
    }
    made.open("door");
    expect(await answer).toBeTypeOf("number");
  });

  it("the call that others wait for dies with its member: all of them get its answer from the next", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }), { size: 1 }) });
    const hands = hop(refs.hands, { cache: true });
    const answers = Array.from({ length: 5 }, () => hands.ask.again("door"));
    await made.reached("door");
    app.kill("hands/1");
    await made.reached("door", 2);
    made.open("door");
    expect(new Set(await Promise.all(answers)).size).toBe(1);
    expect(made.arrivals("door")).toBe(2);
  });

  it("a breaker is open while its pool restarts, and closes by itself", async () => {
    const { refs, app } = await play({ hands: pool(at(level, Hand), { size: 1 }) });
    const breaker = new CircuitBreaker({ minimumCalls: 2, probes: 1, openFor: 500 });
    const hands = hop(refs.hands, { breaker });
    for (let death = 0; death < 2; death++) {
      const dies = failure(hands.ask.exit(1));
      expect(await dies).toMatchObject({ code: "ActorDied" });
    }
    expect(breaker.statistics.state).toBe("open");
    expect(await failure(hands.ask.say(1))).toMatchObject({ code: "BreakerOpen" });
    app.kill("hands/1");
    const patient = hop(refs.hands, { breaker, retry: { attempts: 50, budget: 1 } });
    expect(await patient.ask.say("back")).toBe("back");
    expect(breaker.statistics.state).toBe("closed");
  });

  it("a member that hangs is not waited for: another attempt has the answer", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }), { size: 2 }) });
    const hands = hop(refs.hands, {
      retry: { attemptTimeout: 100, attempts: 2 },
      idempotent: true,
      fallback: { to: ({ method }) => `instead of ${method}` },
    });
    const answer = hands.ask.hangAgain();
    expect(await answer).toBe("instead of hangAgain");
    expect(hopStatistics(hands)).toMatchObject({ retry: { retries: 1 }, fallback: { used: 1 } });
  });
});
