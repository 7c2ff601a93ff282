import { inline, keyed, type Notice, pool, refTo, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { Idler, Watcher } from "../actors/reach.mjs";
import type { Gate } from "./gate.js";
import { reach } from "./reach.js";
import { at, deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");
const turn = () => new Promise(setImmediate);

/** Collects what a watch is told. */
function ear() {
  const heard: Notice[] = [];
  return { heard, hear: (notice: Notice) => void heard.push(notice) };
}

describe.each(levels)("a death watch, $level", ({ level }) => {
  it("is told once when the actor crashes, with cause and report, and not of the next incarnation", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const { heard, hear } = ear();
    app.watch(refs.hand, hear);
    await failure(refs.hand.ask.fail("boom"));
    await until(() => heard.length === 1, "the notice");
    const [report] = deaths(app);
    expect(heard).toEqual([
      {
        path: "app/hand",
        incarnation: 1,
        reason: "died",
        cause: "handler threw TypeError: boom",
        report: report!.id,
      },
    ]);
    await failure(refs.hand.ask.fail("again"));
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 3 });
    expect(heard).toHaveLength(1);
  });

  it("is told of a kill, of a restart by hand, of the system's stop, and by path too", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const { heard, hear } = ear();
    app.watch("hand", hear);
    app.kill("hand");
    await until(() => heard.length === 1, "the kill");
    await refs.hand.ask.say(1);
    app.watch("app/hand", hear);
    await app.restart("hand");
    await until(() => heard.length === 2, "the restart");
    app.watch(refs.hand, hear);
    await app.stop();
    expect(heard.map(({ reason, incarnation }) => [reason, incarnation])).toEqual([
      ["died", 1],
      ["stopped", 2],
      ["stopped", 3],
    ]);
  });

  it("of what is down, or nowhere, is answered at once", async () => {
    const made = plan();
    const { app } = await play({ gate: gateOf(made), idler: reach(level, Idler, { gate, works: "never" }) });
    const { heard, hear } = ear();
    app.watch("idler", hear);
    app.watch("nowhere", hear);
    // Never in the same turn: who watches has the handle first.
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual([
      { path: "app/idler", incarnation: 1, reason: "gone" },
      { path: "app/nowhere", incarnation: 0, reason: "gone" },
    ]);
  });

  it("ended by hand is told nothing", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const { heard, hear } = ear();
    app.watch(refs.hand, hear)();
    app.watch("nowhere", hear)();
    await failure(refs.hand.ask.fail("boom"));
    await turn();
    expect(heard).toEqual([]);
  });

  it("of a key is of that key: its crash, its release, and the death of its cell", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand)) });
    const a = refs.hands.key("a");
    const { heard, hear } = ear();
    app.watch(a, hear);
    await turn();
    expect(heard).toEqual([{ path: "app/hands", key: "a", incarnation: 0, reason: "gone" }]);
    await a.ask.say(1);
    await refs.hands.key("b").ask.say(1);
    app.watch(a, hear);
    await failure(refs.hands.key("b").ask.fail("another's"));
    await failure(a.ask.fail("its own"));
    await until(() => heard.length === 2, "its crash");
    expect(heard[1]).toMatchObject({
      key: "a",
      incarnation: 1,
      reason: "died",
      cause: expect.stringContaining("its own"),
    });
    await a.ask.say(2);
    app.watch(a, hear);
    app.kill("hands", { key: "a" });
    await until(() => heard.length === 3, "the cell's death");
    expect(heard[2]).toMatchObject({ key: "a", incarnation: 2, reason: "died", cause: "killed by app.kill()" });
    expect(heard[2]!.report).toBe(deaths(app).at(-1)!.id);
    await a.ask.say(3);
    app.watch(a, hear);
    await app.release("hands", "a");
    expect(heard[3]).toMatchObject({ key: "a", incarnation: 3, reason: "stopped" });
  });

  it("of a pool is of the pool: members come and go", async () => {
    const { refs, app } = await play({ hands: pool(at(level, Hand), { size: 2 }) });
    const { heard, hear } = ear();
    app.watch(refs.hands, hear);
    app.watch("hands/1", hear);
    await failure(refs.hands.ask.fail("one of them"));
    await failure(refs.hands.ask.fail("one of them"));
    app.kill("hands");
    await until(() => heard.length === 1, "the member's death");
    expect(heard[0]).toMatchObject({ path: "app/hands/1", reason: "died" });
    await refs.hands.ask.say(1);
    await app.stop();
    expect(heard.slice(1)).toEqual([{ path: "app/hands", incarnation: 1, reason: "stopped" }]);
  });

  it("of an actor by an actor resolves in it, wherever it runs", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      hand: at(level, Hand),
      watcher: reach(level, Watcher, { gate }),
    });
    const heard = refs.watcher.ask.hear(refs.hand);
    await refs.watcher.ask.who();
    await failure(refs.hand.ask.fail("boom"));
    expect(await heard).toMatchObject({ path: "app/hand", incarnation: 1, reason: "died" });
    expect(await refs.watcher.ask.hear("app/nowhere")).toEqual({
      path: "app/nowhere",
      incarnation: 0,
      reason: "gone",
    });
  });

  it("ends in silence with the incarnation that watches", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      hand: at(level, Hand),
      watcher: reach(level, Watcher, { gate }),
    });
    await refs.watcher.ask.listen(refs.hand);
    await failure(refs.watcher.ask.fail());
    await refs.watcher.ask.listen(refs.hand);
    await refs.watcher.ask.who();
    await failure(refs.hand.ask.fail("boom"));
    await made.noted("2 heard of app/hand 1: died");
    await refs.watcher.ask.who();
    expect(made.notes.filter((note) => note.includes("heard"))).toEqual(["2 heard of app/hand 1: died"]);
  });
});

describe.each(walls)("a death watch of what has a host of its own, $level", ({ level }) => {
  it("is told when the host of the actor ends by itself", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const { heard, hear } = ear();
    app.watch(refs.hand, hear);
    await failure(refs.hand.ask.exit(3));
    await until(() => heard.length === 1, "the notice");
    expect(heard).toMatchObject([{ reason: "died", cause: "exited with code 3", incarnation: 1 }]);
  });
});

it("of a supervisor is told when it gives up, and of the root when the system ends", async () => {
  const once = { restarts: 0, within: "60s" } as const;
  const { refs, app } = await play({
    below: supervisor({ intensity: once, child: { restart: "permanent" } }, { hand: inline(Hand) }),
  });
  const { heard, hear } = ear();
  app.watch("below", hear);
  app.watch("app", hear);
  await refs.below.hand.ask.armBomb(1);
  await until(() => heard.length === 1, "the supervisor's end");
  expect(heard[0]).toMatchObject({ path: "app/below", reason: "died", incarnation: 1 });
  expect(heard[0]!.cause).toContain("over its budget");
  await app.stop();
  expect(heard[1]).toMatchObject({ path: "app", reason: "stopped" });
  app.watch("app", hear);
  await turn();
  expect(heard[2]).toMatchObject({ path: "app", reason: "gone" });
});

it("a listener that throws disturbs nobody", async () => {
  const { refs, app } = await play({ hand: inline(Hand) });
  const { heard, hear } = ear();
  app.watch(refs.hand, () => {
    throw new Error("a bad listener");
  });
  app.watch(refs.hand, hear);
  await failure(refs.hand.ask.fail("boom"));
  expect(heard).toHaveLength(1);
  expect(await refs.hand.ask.say(1)).toBe(1);
});

it("may watch again from within, and hears of the next one", async () => {
  const { refs, app } = await play({ hand: inline(Hand) });
  const heard: number[] = [];
  const again = ({ incarnation, reason }: Notice): void => {
    if (reason !== "died") return;
    heard.push(incarnation);
    setImmediate(() => app.watch(refs.hand, again));
  };
  app.watch(refs.hand, again);
  for (let i = 0; i < 3; i++) {
    await failure(refs.hand.ask.fail("boom"));
    await turn();
    await turn();
  }
  expect(heard).toEqual([1, 2, 3]);
});

it("refuses what cannot be watched, and what cannot listen", async () => {
  const { refs, app } = await play({ hand: inline(Hand) });
  expect(() => app.watch(3 as never, () => {})).toThrow("watch() got 3: give a ref, or a path");
  expect(() => app.watch(refs.hand, "no" as never)).toThrow("the listener is");
});
