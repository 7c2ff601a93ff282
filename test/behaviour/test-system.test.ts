import { Actor, inline, pool, supervisor, system, thread } from "holdfast";
import { faulty, recording, settled, stopTestSystems, testSystem, until } from "holdfast/testing";
import { afterEach, describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { failure } from "./stage.js";

const cast = new URL("../actors/cast.mjs", import.meta.url);

class Slow extends Actor {
  #done = 0;
  async work(ms: number): Promise<number> {
    await new Promise<void>((resolve) => this.after(ms, resolve));
    return ++this.#done;
  }
  done(): number {
    return this.#done;
  }
  mutate(value: { n: number }): void {
    value.n++;
  }
}

afterEach(stopTestSystems);

describe("a test system", () => {
  it("holds time still until it is moved, and then fires what is due in order", async () => {
    const test = await testSystem(supervisor({}, { slow: inline(Slow) }));
    const work = [test.refs.slow.ask.work(500), test.refs.slow.ask.work(500)];
    await test.advance(999);
    expect(await Promise.race([...work.slice(1), Promise.resolve("not yet")])).toBe("not yet");
    await test.advance(1);
    expect(await Promise.all(work)).toEqual([1, 2]);
  });

  it("lets a restart and all that it sets off happen before the next timer", async () => {
    const spec = faulty(inline(Slow, undefined, { backoff: { initial: "1s", jitter: 0 } }), { throwsInStart: 3 });
    const test = await testSystem(supervisor({}, { slow: spec }), { start: "background" });
    await test.settled();
    expect(test.app.tree().children).toMatchObject([{ state: "waiting" }]);
    // 1 s, then 2 s, then 4 s.
    await test.advance(2_999);
    expect(test.app.tree().children).toMatchObject([{ state: "waiting", incarnation: 2 }]);
    await test.advance(1);
    expect(test.app.tree().children).toMatchObject([{ state: "waiting", incarnation: 3 }]);
    await test.advance(4_000);
    expect(test.app.tree().children).toMatchObject([{ state: "running", incarnation: 4 }]);
  });

  it("clones what inline actors get, as a thread would", async () => {
    const test = await testSystem(supervisor({}, { slow: inline(Slow) }));
    const value = { n: 1 };
    await test.refs.slow.ask.mutate(value);
    expect(value).toEqual({ n: 1 });
  });

  it("gives the same jitter for the same seed", async () => {
    const pauses = async (seed: number) => {
      const spec = faulty(inline(Slow, undefined, { backoff: { initial: "10s", jitter: 1 } }), { throwsInStart: 1 });
      const test = await testSystem(supervisor({}, { slow: spec }), { start: "background", seed });
      await test.settled();
      return test.clock!.nextAt;
    };
    expect(await pauses(3)).toBe(await pauses(3));
    expect(await pauses(3)).not.toBe(await pauses(4));
  });

  it("stops in virtual time, however slow a child is to stop, and leaves no timer", async () => {
    const test = await testSystem(
      supervisor({}, { slow: faulty(inline(Slow, undefined, { shutdown: "1h" }), { slowToStop: "50m" }) }),
    );
    await test.stop();
    expect(await test.app.ended).toBeUndefined();
    expect(test.clock!.now()).toBeGreaterThanOrEqual(50 * 60_000);
    expect(test.clock!.pending).toBe(0);
  });

  it("runs time until a promise settles", async () => {
    const test = await testSystem(supervisor({}, { slow: inline(Slow) }));
    expect(await test.runUntil(test.refs.slow.ask.work(20_000))).toBe(1);
    expect(test.clock!.now()).toBe(20_000);
  });

  it("rejects as the system does when the tree cannot start", async () => {
    const spec = faulty(inline(Slow), { throwsInStart: true });
    expect((await failure(testSystem(supervisor({}, { slow: spec })))).message).toContain(
      "start() 1 failed on purpose",
    );
    const hung = faulty(inline(Slow, undefined, { startTimeout: "10m" }), { hangsInStart: true });
    expect((await failure(testSystem(supervisor({}, { slow: hung })))).message).toContain("within 600000 ms");
  });

  it("has no virtual time to move where time is real", async () => {
    const test = await testSystem(supervisor({}, { hand: inline(Hand) }), { time: "real" });
    expect(await failure(test.advance(1))).toMatchObject({ code: "InvalidSpec" });
  });
});

describe("settled(app)", () => {
  it("waits for tells and what they set off, in threads too", async () => {
    const test = await testSystem(
      supervisor({}, { slow: inline(Slow), hand: thread<Hand>(cast, undefined, { export: "Hand" }) }),
      { time: "real" },
    );
    for (let i = 0; i < 5; i++) test.refs.hand.tell.askOther(test.refs.slow as never, "work", 1);
    await settled(test.app);
    expect(await test.refs.slow.ask.done()).toBe(5);
  });

  it("waits for a restart", async () => {
    const test = await testSystem(supervisor({}, { hands: pool(inline(Hand), { size: 1 }) }));
    test.refs.hands.tell.fail("on purpose");
    await test.settled();
    expect(test.app.reports()).toHaveLength(1);
    expect(test.app.tree().children).toMatchObject([{ state: "running", mailbox: { waiting: 0, executing: 0 } }]);
  });

  it("waits for nobody who is drained by hand, but for what a drained one still has", async () => {
    const test = await testSystem(
      supervisor(
        {},
        { slow: inline(Slow), pulled: pool(inline(Slow), { size: 2 }), done: pool(inline(Slow), { size: 2 }) },
      ),
    );
    const { app, refs } = test;
    await app.drain("pulled/1");
    await app.drain("done");
    await test.settled();
    expect(await test.runUntil(refs.pulled.ask.work(10))).toBe(1);

    await app.drain("pulled/2");
    const waits = refs.pulled.ask.work(10);
    await test.settled();
    app.resume("pulled/1");
    expect(await test.runUntil(waits)).toBe(1);

    const works = [1, 2, 3].map(() => refs.slow.ask.work(1000));
    void app.drain("slow", { within: 0 });
    expect((await failure(test.settled({ within: 50 }))).message).toContain("app/slow executes");
    await test.runUntil(Promise.all(works));
    await test.settled();
  });

  it("names what is still under way", async () => {
    const test = await testSystem(supervisor({}, { slow: inline(Slow) }));
    void test.refs.slow.ask.work(1000);
    void test.refs.slow.ask.work(1000);
    const error = await failure(test.settled({ within: 50 }));
    expect(error).toMatchObject({ code: "Timeout" });
    expect(error.message).toContain("app/slow executes 2");
    await test.advance(2000);
    await test.settled();
  });
});

describe("until(app, path, state)", () => {
  it("resolves with the node, also for a state that is only passed through", async () => {
    const test = await testSystem(supervisor({}, { hand: inline(Hand) }));
    const passing = until(test.app, "hand", "starting");
    const back = until(test.app, "app/hand", ({ restarts, state }) => restarts === 1 && state === "running");
    test.app.kill("hand");
    expect(await passing).toMatchObject({ path: "app/hand", state: "starting" });
    expect(await back).toMatchObject({ incarnation: 2 });
  });

  it("shows the tree when it waits in vain, and refuses a state that there is not", async () => {
    const app = await system(supervisor({}, { hand: inline(Hand) }));
    const error = await failure(until(app, "hand", "quarantined", { within: 20 }));
    expect(error.message).toMatch(/waited 20 ms in vain for hand to be quarantined: it is\n● app.*\n└─ ● hand/);
    expect((await failure(until(app, "hand", "dead" as never))).message).toContain('state is "dead"');
    await app.stop();
  });
});

describe("until(condition, what)", () => {
  it("resolves when it holds, and names what did not come; an error in it is its own", async () => {
    let looks = 0;
    await until(() => ++looks === 3, "the third look");
    expect(looks).toBe(3);
    expect((await failure(until(() => false, "a wonder", { within: 10 }))).message).toBe(
      "waited 10 ms in vain for a wonder: it does not hold",
    );
    const broken = () => {
      throw new RangeError("in the condition");
    };
    expect(await failure(until(broken, "nothing"))).toBeInstanceOf(RangeError);
  });
});

describe("recording(app)", () => {
  it("keeps events, reports, dead letters and the states of a path", async () => {
    const app = await system(supervisor({}, { hand: inline(Hand) }));
    const record = recording(app);
    app.refs.hand.tell.fail("on purpose");
    const { report } = await record.next("report");
    expect(report).toMatchObject({ decision: "restart", cause: { kind: "threw" } });
    await until(app, "hand", "running");
    await app.stop();
    app.refs.hand.tell.say("too late");
    expect(await record.next("dead-letter", { where: ({ letter }) => letter.method === "say" })).toBeDefined();
    expect(record.deadLetters.map(({ method }) => method)).toContain("say");
    expect(record.states("hand")).toEqual(record.states("app/hand"));
    expect(record.states("hand").slice(0, 2)).toEqual(["starting", "running"]);
    expect(record.reports).toEqual([report]);
    record.end();
    const before = record.events.length;
    app.refs.hand.tell.say("unheard");
    expect(record.events).toHaveLength(before);
  });

  it("says which events there were instead", async () => {
    const app = await system(supervisor({}, { hand: inline(Hand) }));
    const record = recording(app);
    await app.refs.hand.ask.say(1);
    expect((await failure(record.next("report", { within: 20 }))).message).toContain(
      'an event "report": the events were none',
    );
    await app.stop();
  });
});

describe("what cannot be meant", () => {
  it("is refused with what was given: no app, a time or seed that there is not, time without an end", async () => {
    for (const nothing of [undefined, null, 7, {}] as never[]) {
      expect(await failure(settled(nothing))).toMatchObject({ code: "InvalidSpec" });
      expect(await failure(until(nothing, "hand", "running"))).toMatchObject({ code: "InvalidSpec" });
      expect(() => recording(nothing)).toThrow("give it an app");
    }
    const tree = () => supervisor({}, { hand: inline(Hand) });
    expect((await failure(testSystem(tree(), { time: "fast" as never }))).message).toContain('time is "fast"');
    expect((await failure(testSystem(tree(), { seed: Number.NaN }))).message).toContain("seed is NaN");
    const test = await testSystem(tree());
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect((await failure(test.advance(ms))).message).toContain(`advance() is ${ms}`);
    }
    await test.advance(5);
    expect(test.clock!.now()).toBe(5);
  });
});
