import { Actor, inline, type Ref, refTo, supervisor, system } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { failure, play } from "./stage.js";

/** What has happened, in order; actors in this thread share it with the test. */
const heard: unknown[] = [];

/** Lets go of what is held. */
let release = () => {};

/** What else this thread does while a handler runs. */
let meanwhile = () => {};

class Desk extends Actor<{ self?: Ref<Desk> } | undefined> {
  jot(what: unknown): number {
    heard.push(what);
    return heard.length;
  }
  fail(what: string): void {
    heard.push(what);
    throw new Error(what);
  }
  async later(what: unknown): Promise<unknown> {
    heard.push(`${what} begun`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    heard.push(`${what} done`);
    return what;
  }
  async held(): Promise<void> {
    heard.push("held begun");
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    heard.push("held done");
  }
  tellSelf(times: number): void {
    heard.push(times);
    if (times > 0) this.props?.self?.tell.tellSelf(times - 1);
  }
  meanwhile(): void {
    meanwhile();
  }
  askSelf(): Promise<number> {
    return this.props!.self!.with({ timeout: 50 }).ask.jot("from myself");
  }
  leave(): string {
    this.stopSelf();
    return "left";
  }
  reads(): boolean {
    return this.signal.aborted;
  }
  change(list: number[]): number[] {
    list.push(0);
    return list;
  }
  wrong(): unknown {
    return { nested: () => 1 };
  }
  who(): number {
    return this.self.incarnation;
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let n = 1; n <= to; n++) yield n;
  }
}

async function desk(options: Parameters<typeof inline>[2] = {}) {
  heard.length = 0;
  return play({ desk: inline(Desk, { self: refTo<Desk>("desk") }, options) });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("messages to an actor in the same thread", () => {
  it("run in no caller's own turn, and in the order of their sender, whatever kind they are", async () => {
    const { refs } = await desk();
    refs.desk.tell.jot(1);
    const two = refs.desk.ask.jot(2);
    refs.desk.tell.later(3);
    refs.desk.tell.jot(4);
    const five = refs.desk.ask.jot(5);
    expect(heard).toEqual([]);
    expect([await two, await five]).toEqual([2, 6]);
    expect(heard).toEqual([1, 2, "3 begun", "3 done", 4, 5]);
  });

  it("go on in order with the next incarnation after the third of ten throws", async () => {
    const { refs, reports, letters } = await desk();
    for (let n = 1; n <= 10; n++) {
      if (n === 3) refs.desk.tell.fail("three");
      else refs.desk.tell.jot(n);
    }
    await refs.desk.ask.jot("last");
    expect(heard).toEqual([1, 2, "three", 4, 5, 6, 7, 8, 9, 10, "last"]);
    expect(await refs.desk.ask.who()).toBe(2);
    expect(reports).toMatchObject([{ cause: { kind: "threw" }, executing: [{ method: "fail" }] }]);
    expect(letters).toMatchObject([{ method: "fail", reason: "HandlerFailed" }]);
  });

  it("reach an actor from itself behind what waits already", async () => {
    const { refs } = await desk();
    refs.desk.tell.tellSelf(2);
    refs.desk.tell.jot("waited");
    await refs.desk.ask.jot("asked");
    while (!heard.includes(0)) await turn();
    expect(heard).toEqual([2, "waited", "asked", 1, 0]);
  });

  it("to itself that it waits for end at their deadline: one runs at a time", async () => {
    heard.length = 0;
    const clock = new VirtualClock();
    const tree = supervisor({}, { desk: inline(Desk, { self: refTo<Desk>("app/desk") }) });
    const app = await system(tree, { clock });
    const { refs } = app;
    const itself = failure(refs.desk.ask.askSelf());
    await turn();
    await clock.advance(50);
    expect(await itself).toMatchObject({ code: "HandlerFailed", cause: { code: "Timeout" } });
    expect(heard).toEqual([]);
    expect(await refs.desk.ask.jot("after")).toBe(1);
    await app.stop();
  });

  it("that have not begun wait for the next incarnation when the actor leaves, and its answer stands", async () => {
    const { refs } = await desk();
    const left = refs.desk.ask.leave();
    refs.desk.tell.jot("waited");
    expect(await left).toBe("left");
    expect(await refs.desk.ask.who()).toBe(2);
    expect(heard).toEqual(["waited"]);
  });

  it("that were accepted are handled before the system ends", async () => {
    const { refs, app } = await desk();
    for (let n = 0; n < 2500; n++) if (!refs.desk.tell.jot(n)) await turn();
    await app.stop();
    expect(heard.length).toBeGreaterThan(1000);
    expect(await failure(refs.desk.ask.who())).toMatchObject({ code: "ActorStopped" });
  });

  it("are refused at exactly the bound: the window, and the mailbox behind it", async () => {
    const { refs, letters } = await desk({ window: 3, mailbox: { messages: 5 } });
    await refs.desk.ask.jot("first");
    const taken = Array.from({ length: 10 }, (_, n) => refs.desk.tell.jot(n));
    expect(taken).toEqual([true, true, true, true, true, true, true, true, false, false]);
    expect(letters).toHaveLength(2);
    while (heard.length < 9) await turn();
    await refs.desk.ask.jot("last");
    expect(heard).toEqual(["first", 0, 1, 2, 3, 4, 5, 6, 7, "last"]);
  });

  it("leave room behind them one by one: while one far back in a flood runs, as many are taken as went before", async () => {
    const { refs } = await desk({ window: 2, mailbox: { messages: 4 } });
    await refs.desk.ask.jot("first");
    for (let n = 0; n < 4; n++) refs.desk.tell.jot(n);
    refs.desk.tell.meanwhile();
    meanwhile = () => heard.push([4, 5, 6, 7, 8].map((n) => refs.desk.tell.jot(n)));
    expect([refs.desk.tell.jot("behind"), refs.desk.tell.jot("too many")]).toEqual([true, false]);
    // It runs itself, one is behind it: of six places four are free.
    while (heard.length < 11) await turn();
    expect(heard).toEqual(["first", 0, 1, 2, 3, [true, true, true, true, false], "behind", 4, 5, 6, 7]);
  });

  it("drop the oldest of the mailbox, never one of the window", async () => {
    const { refs } = await desk({ window: 1, mailbox: { messages: 2, overflow: "drop-oldest" } });
    await refs.desk.ask.jot("first");
    for (let n = 0; n < 5; n++) refs.desk.tell.jot(n);
    while (heard.length < 4) await turn();
    expect(heard).toEqual(["first", 0, 3, 4]);
  });

  it("come in from outside as room is made", async () => {
    const { refs } = await desk({ window: 1, mailbox: { messages: 2, overflow: "wait" } });
    await refs.desk.ask.jot("first");
    const taken = Array.from({ length: 6 }, (_, n) => refs.desk.tell.jot(n));
    expect(taken).toEqual([true, true, true, true, true, false]);
    while (heard.length < 6) await turn();
    expect(heard).toEqual(["first", 0, 1, 2, 3, 4]);
  });

  it("leave the queue when they are given up, are safe to send again, and make room", async () => {
    const { refs } = await desk({ window: 2, mailbox: { messages: 1 } });
    // No timer: however long the machine takes for a turn, it runs until it is let go.
    const running = refs.desk.ask.held();
    while (heard.length < 1) await turn();
    const abort = new AbortController();
    const given = failure(refs.desk.with({ signal: abort.signal }).ask.jot("never"));
    const kept = refs.desk.ask.jot("kept");
    expect(refs.desk.tell.jot("refused")).toBe(false);
    abort.abort();
    expect(await given).toMatchObject({ code: "Cancelled", retryable: true, details: { started: false } });
    expect(refs.desk.tell.jot("room")).toBe(true);
    release();
    await Promise.all([running, kept]);
    while (heard.length < 4) await turn();
    expect(heard).toEqual(["held begun", "held done", "kept", "room"]);
  });

  it("do not begin past their deadline, also when the thread was too busy to tell their callers", async () => {
    heard.length = 0;
    const clock = new VirtualClock();
    // Of a busy thread time goes on, and no timer has fired.
    let busyMs = 0;
    const behind = {
      now: () => clock.now() + busyMs,
      wallTime: () => clock.wallTime(),
      after: (ms: number, callback: () => void) => clock.after(ms, callback),
    };
    const app = await system(supervisor({}, { desk: inline(Desk, {}) }), { clock: behind });
    const { refs } = app;
    await refs.desk.ask.jot("first");
    const late = failure(refs.desk.with({ timeout: 5 }).ask.jot("late"));
    busyMs = 20;
    expect(await late).toMatchObject({ code: "Timeout", retryable: true });
    expect(heard).toEqual(["first"]);
    await app.stop();
  });

  it("tell their handler of a caller who gives up, from the signal's first use on", async () => {
    const { refs } = await desk();
    expect(await refs.desk.ask.reads()).toBe(false);
    expect(await refs.desk.ask.jot("after")).toBe(1);
  });

  it("give the very list of the caller, and a copy where it may be delivered again", async () => {
    const { refs } = await desk();
    const list = [1];
    expect(await refs.desk.ask.change(list)).toBe(list);
    const again = await refs.desk.with({ idempotent: true }).ask.change(list);
    expect([list, again]).toEqual([
      [1, 0],
      [1, 0, 0],
    ]);
  });

  it("answer with what cannot be sent, as across a thread, with its path", async () => {
    const { refs } = await desk();
    expect(await failure(refs.desk.ask.wrong())).toMatchObject({
      code: "InvalidValue",
      details: { path: "the result.nested" },
    });
    expect(await refs.desk.ask.who()).toBe(1);
  });

  it("stream, between others, in order", async () => {
    const { refs } = await desk();
    refs.desk.tell.jot("before");
    const seen: number[] = [];
    for await (const n of refs.desk.ask.count(3)) seen.push(n);
    expect(await refs.desk.ask.jot("after")).toBe(2);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("name what executes while a handler of theirs ends the actor", async () => {
    heard.length = 0;
    let end = (): void => {};
    class Ends extends Actor {
      now(): string {
        end();
        return "too late";
      }
      who(): number {
        return this.self.incarnation;
      }
    }
    const { refs, app, reports } = await play({ ends: inline(Ends) });
    end = () => app.kill("ends");
    expect(await failure(refs.ends.ask.now())).toMatchObject({ code: "ActorDied" });
    expect(await refs.ends.ask.who()).toBe(2);
    expect(reports).toMatchObject([{ cause: { kind: "killed" }, executing: [{ method: "now" }] }]);
  });
});

describe("a flood of messages", () => {
  it("starves no timer and no immediate, also when each answer makes the next call", async () => {
    const { refs } = await desk();
    let timers = 0;
    let turns = 0;
    const timer = setInterval(() => timers++, 1);
    const spin = (): void => {
      if (++turns < 3) setImmediate(spin);
    };
    setImmediate(spin);
    // Where the answers starved them, this would go on to its end without one.
    for (let asks = 0; asks < 3_000_000 && (timers < 3 || turns < 3); asks++) await refs.desk.ask.who();
    clearInterval(timer);
    expect(timers).toBeGreaterThanOrEqual(3);
    expect(turns).toBe(3);
  });

  it("gives each actor its turn: one with little mail does not wait for one with much", async () => {
    heard.length = 0;
    const { refs } = await play({ busy: inline(Desk), calm: inline(Desk) });
    await Promise.all([refs.busy.ask.who(), refs.calm.ask.who()]);
    for (let n = 0; n < 900; n++) refs.busy.tell.jot("busy");
    await refs.calm.ask.jot("calm");
    const at = heard.indexOf("calm");
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(200);
  });
});

describe("an ask in virtual time", () => {
  class Sleeper extends Actor {
    awake(): number {
      return this.self.incarnation;
    }
    sleep(): Promise<void> {
      return new Promise(() => {});
    }
  }

  it("ends at its very moment", async () => {
    const clock = new VirtualClock();
    const app = await system(supervisor({}, { sleeper: inline(Sleeper) }), { clock });
    const late = failure(app.refs.sleeper.with({ timeout: 100 }).ask.sleep());
    const queued = failure(app.refs.sleeper.with({ timeout: 40 }).ask.sleep());
    await clock.advance(99);
    expect(await queued).toMatchObject({ code: "Timeout", retryable: true });
    await clock.advance(1);
    expect(await late).toMatchObject({ code: "Timeout", retryable: false });
    app.kill("sleeper");
    await app.stop();
  });

  it("ends at its very moment also where it was the next to run, in an actor that has answered others at once", async () => {
    const clock = new VirtualClock();
    const app = await system(supervisor({}, { sleeper: inline(Sleeper) }), { clock });
    for (let n = 0; n < 3; n++) expect(await app.refs.sleeper.ask.awake()).toBe(1);
    let over = false;
    const late = failure(app.refs.sleeper.with({ timeout: 2000 }).ask.sleep()).finally(() => {
      over = true;
    });
    await clock.advance(1999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(await late).toMatchObject({ code: "Timeout", retryable: false });
    app.kill("sleeper");
    await app.stop();
  });
});

it("an ask that was the next to run has its deadline, also where its actor ended before it could", async () => {
  class Waiter extends Actor {
    awake(): number {
      return this.self.incarnation;
    }
    sleep(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const { refs, app } = await play({ one: inline(Waiter), two: inline(Waiter) });
  for (let n = 0; n < 3; n++) for (const ref of [refs.one, refs.two]) expect(await ref.ask.awake()).toBe(1);
  const timeout = 1000;
  const began = performance.now();
  const first = failure(refs.one.with({ timeout }).ask.sleep());
  await first;
  expect(performance.now() - began).toBeGreaterThanOrEqual(timeout - 1);
  expect(await first).toMatchObject({ code: "Timeout", retryable: false });
  const second = failure(refs.two.with({ timeout }).ask.sleep());
  app.kill("two");
  expect(await second).toMatchObject({ code: "Timeout" });
});
