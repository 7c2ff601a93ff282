import { Actor, type Children, inline, keyed, refTo, supervisor, system } from "holdfast";
import { faulty } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("an actor that crashes while it is told to stop, $level", ({ level }) => {
  it("does not take the incarnation that replaced it down, not even without a limit", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hand: at(level, Hand, { gate }, { shutdown: "unlimited" }),
    });
    const thrown = failure(refs.hand.ask.holdThenThrow("door"));
    await made.reached("door");
    void app.restart("hand");
    made.open("door");
    expect(await thrown).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
    await new Promise(setImmediate);
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
    await app.stop({ drain: 0 });
  });

  it("is released as a key, and its neighbours stay where they are", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }, { shutdown: "unlimited" })),
    });
    await refs.hands.key("good").ask.keep("mine");
    const thrown = failure(refs.hands.key("bad").ask.holdThenThrow("door"));
    await made.reached("door");
    const released = app.release("hands", "bad");
    made.open("door");
    expect(await thrown).toMatchObject({ code: "HandlerFailed" });
    await released;
    expect(await refs.hands.key("good").ask.kept()).toBe("mine");
    expect(deaths(app).filter(({ path }) => path === "app/hands/cell-1")).toEqual([]);
  });
});

it.each(levels)("a stop right after a crash reports that death alone, $level", async ({ level }) => {
  const { refs, app, reports } = await play({ hand: at(level, Hand) });
  await failure(refs.hand.ask.fail("once"));
  await app.stop();
  expect(reports.map(({ cause }) => cause.kind)).toEqual(["threw"]);
});

it("a timer that throws during start() fails that start alone", async () => {
  let first = true;
  class Starter extends Actor {
    async start(): Promise<void> {
      if (!first) return;
      first = false;
      this.after(1, () => {
        throw new Error("a timer in start()");
      });
      await new Promise(() => {});
    }
    incarnation(): number {
      return this.self.incarnation;
    }
  }
  const { refs, app } = await play(
    { starter: inline(Starter, undefined, { startTimeout: "1s" }) },
    {},
    { start: "background" },
  );
  expect(await refs.starter.ask.incarnation()).toBe(2);
  // Past the moment at which the first start would have been too late.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(await refs.starter.ask.incarnation()).toBe(2);
  expect(app.tree().children![0]).toMatchObject({ state: "running" });
});

it("an asynchronous timer that rejects is a crash of its actor", async () => {
  class Waiter extends Actor {
    arm(): void {
      this.after(1, async () => {
        await null;
        throw new Error("later, in a timer");
      });
    }
    incarnation(): number {
      return this.self.incarnation;
    }
  }
  const { refs, reports } = await play({ waiter: inline(Waiter) });
  await refs.waiter.ask.arm();
  while (reports.length === 0) await new Promise(setImmediate);
  expect(reports).toMatchObject([{ cause: { kind: "threw", error: { message: "later, in a timer" } } }]);
  expect(await refs.waiter.ask.incarnation()).toBe(2);
});

it.each(Array.from({ length: 24 }, (_, n) => ({ turns: n % 12, cell: n < 12 ? "its own" : "a shared" })))(
  "a brutal stop that meets a crash adds no second report of the same incarnation, $turns microtasks after the message, in $cell cell",
  async ({ turns, cell }) => {
    const brutal = () => inline(Hand, {}, { shutdown: "brutal" });
    // The last is stopped first, while its neighbours are still there.
    const neighbours: Children = cell === "a shared" ? { one: brutal(), other: brutal() } : {};
    const { app, refs, events } = await play({ ...neighbours, hand: brutal() });
    const thrown = failure(refs.hand.ask.fail("just before"));
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await app.stop({ drain: 0 });
    await thrown;
    const died = events.flatMap((event) =>
      event.type === "death" ? [`${event.report.path} ${event.report.incarnation}`] : [],
    );
    expect(died).toEqual([...new Set(died)]);
    expect(app.reports().map(({ decision }) => decision)).not.toContain("pending");
  },
);

it("an inline actor that is killed while it stops has stopped", async () => {
  const { app, events } = await play({ hand: faulty(inline(Hand, {}), { slowToStop: "1m" }) });
  const stopped = app.stop({ drain: 0 });
  await until(() => app.tree().children![0]!.state === "stopping", "the hand to stop");
  await new Promise(setImmediate);
  expect(app.kill("hand")).toBe(true);
  await stopped;
  expect(events.at(-1)).toMatchObject({ type: "life", path: "app/hand", state: "stopped" });
});

it("an actor that is told to stop in the very turn in which it is up stops in its own way", async () => {
  const ways: string[] = [];
  class Tidy extends Actor {
    stop(): void {
      ways.push("stop()");
    }
  }
  const app = await system(supervisor({}, { tidy: inline(Tidy) }), { start: "background" });
  let down: Promise<void> | undefined;
  app.subscribe((event) => {
    if (event.type === "life" && event.state === "running") down ??= app.terminate("tidy");
  });
  await app.ready();
  await until(() => down !== undefined, "the tidy one to be up");
  await down;
  expect(ways).toEqual(["stop()"]);
  expect(app.reports()).toEqual([]);
  await app.stop();
});
