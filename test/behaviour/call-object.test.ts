import { Actor, construct, inline, refTo } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Broad, Narrow } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";

const props = { gate: refTo<Gate>("gate") };

describe.each(levels)("this.call of an actor that runs several at once, $level", ({ level }) => {
  it("is each handler's own: one is given up, and those beside it are not", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), broad: at(level, Broad, props) });
    const { broad } = refs;
    const caller = new AbortController();
    const beside = [broad.ask.isCancelled("before"), broad.ask.isCancelled("before")];
    const given = failure(broad.with({ signal: caller.signal }).ask.untilGivenUp("given"));
    const after = broad.ask.isCancelled("after");
    for (const [name, times] of [
      ["before", 2],
      ["given", 1],
      ["after", 1],
    ] as const)
      await made.reached(name, times);
    made.open("given");
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled", details: { started: true } });
    await made.noted("given was given up: Cancelled true");
    for (const name of ["before", "after"]) made.open(name);
    expect(await Promise.all([...beside, after])).toEqual([false, false, false]);
    // The next one in its entry is not told what was meant for the one before.
    made.open("next");
    expect(await Promise.all([1, 2, 3, 4].map(() => broad.ask.isCancelled("next")))).toEqual(Array(4).fill(false));
    expect(deaths(app)).toEqual([]);
  });

  it("is aborted where the incarnation ends under it", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), broad: at(level, Broad, props) });
    const given = failure(refs.broad.ask.untilGivenUp("given"));
    await made.reached("given");
    made.open("given");
    await app.restart("app/broad");
    expect(await given).toMatchObject({ name: expect.stringMatching(/ActorDied|ActorStopped/) });
    expect(made.notes.filter((note) => note.includes("false"))).toEqual([]);
  });

  it("is known where a stream begins", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), broad: at(level, Broad, props) });
    const caller = new AbortController();
    const read = async () => {
      for await (const _ of refs.broad.with({ signal: caller.signal }).ask.partsUntilGivenUp("stream")) caller.abort();
    };
    expect(await failure(read())).toMatchObject({ code: "Cancelled" });
    await made.reached("stream");
    made.open("stream");
    await made.noted("stream was given up: Cancelled true");
  });

  it("says after the first await that nobody can tell which is meant, and what to do", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), broad: at(level, Broad, props) });
    made.open("late");
    const message = await refs.broad.ask.askTooLate("late");
    expect(message).toContain("app/broad: this.call: of 4 messages at once");
    expect(message).toContain("before any await");
  });
});

describe.each(levels)("this.call of an actor that runs one at a time, $level", ({ level }) => {
  it("is known at any time of it", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), narrow: at(level, Narrow, props) });
    for (const name of ["late", "kept"]) made.open(name);
    expect(await refs.narrow.ask.askTooLate("late")).toBe("object");
    expect(await refs.narrow.ask.isCancelled("kept")).toBe(false);
  });
});

describe.each(walls)("this.call in a loop that never awaits, $level", ({ level }) => {
  it("hears that its caller gave up, and those beside it are not told so", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), broad: at(level, Broad, props) });
    const { broad } = refs;
    const beside = broad.ask.isCancelled("beside");
    await made.reached("beside");
    const caller = new AbortController();
    const spinning = failure(broad.with({ signal: caller.signal }).ask.spinUntilGivenUp());
    await expect.poll(() => app.tree().children![1]!.mailbox!.executing).toBe(2);
    caller.abort();
    expect(await spinning).toMatchObject({ code: "Cancelled" });
    made.open("beside");
    expect(await beside).toBe(false);
    expect(deaths(app)).toEqual([]);
  });
});

describe.each(levels)("the time that a call has left, $level", ({ level }) => {
  it("is what its caller gave it, less what has passed, and without end for a tell", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      broad: at(level, Broad, props),
      narrow: at(level, Narrow, props),
    });
    for (const ref of [refs.broad, refs.narrow]) {
      const name = ref.path;
      const asked = ref.with({ timeout: "20s" }).ask.timeLeft(name);
      await made.reached(name);
      made.open(name);
      const [atFirst, later] = await asked;
      expect(atFirst).toBeGreaterThan(0);
      expect(atFirst).toBeLessThanOrEqual(20_000);
      expect(later).toBeGreaterThan(0);
      expect(later).toBeLessThan(atFirst!);
      ref.tell.timeLeft(name);
      await made.noted(`${name} has Infinity left`);
    }
  });
});

it("the time that a call has left is the system's, inline", async () => {
  class Slow extends Actor {
    async left(): Promise<number[]> {
      const { call } = this;
      const first = call.remaining();
      await new Promise<void>((resolve) => this.after(300, resolve));
      return [first, call.remaining()];
    }
  }
  const clock = new VirtualClock();
  const { refs } = await play({ slow: inline(Slow) }, {}, { clock });
  const asked = refs.slow.with({ timeout: 1000 }).ask.left();
  await new Promise(setImmediate);
  await clock.advance(300);
  expect(await asked).toEqual([1000, 700]);
  const late = failure(refs.slow.with({ timeout: 100 }).ask.left());
  await new Promise(setImmediate);
  await clock.advance(300);
  expect(await late).toMatchObject({ code: "Timeout" });
});

it("this.call of an actor built by hand is never given up", () => {
  class Bare extends Actor {
    asked(): boolean {
      return this.call.cancelled() || this.call.signal.aborted || this.call.remaining() !== Number.POSITIVE_INFINITY;
    }
  }
  expect(new Bare().asked()).toBe(false);
  const context = { props: undefined, shared: undefined, self: { path: "", key: undefined, incarnation: 1 } };
  const { signal } = new AbortController();
  const made = construct(Bare, { ...context, after: () => ({ cancel() {} }), signal: () => signal });
  expect(made.asked()).toBe(false);
});
