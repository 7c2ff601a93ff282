import { keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Broad, Hand, SlowStarter, Wide } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a key on its way out, $level", ({ level }) => {
  it("leaves what is sent to it meanwhile to the next of its name", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate })),
    });
    await refs.hands.key("a").ask.keep("old");
    const held = refs.hands.key("a").ask.hold("door");
    await made.reached("door");
    const released = app.release("hands", "a");
    const kept = refs.hands.key("a").ask.kept();
    const said = refs.hands.key("a").ask.say("hello");
    made.open("door");
    expect(await held).toBe("door");
    await released;
    expect(await kept).toBeUndefined();
    expect(await said).toBe("hello");
  });

  it("bounds what is sent to it meanwhile, and forgets what its caller gave up", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }, { mailbox: { messages: 1 } })),
    });
    const held = refs.hands.key("a").ask.hold("door");
    await made.reached("door");
    const released = app.release("hands", "a");
    const leave = new AbortController();
    const left = failure(refs.hands.with({ key: "a", signal: leave.signal }).ask.say(1));
    expect(await failure(refs.hands.key("a").ask.say(2))).toMatchObject({ code: "MailboxFull" });
    leave.abort();
    expect(await left).toMatchObject({ code: "Cancelled", retryable: true });
    const third = refs.hands.key("a").ask.say(3);
    made.open("door");
    await held;
    await released;
    expect(await third).toBe(3);
  });

  it("leaves nobody waiting when the system stops: what was still to come fails", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: keyed(at(level, Hand, { gate })) });
    const held = refs.hands.key("a").ask.hold("door");
    await made.reached("door");
    const released = app.release("hands", "a");
    const late = failure(refs.hands.key("a").ask.say(1));
    const stopped = app.stop({ drain: 0 });
    made.open("door");
    await Promise.all([stopped, released, held]);
    expect(await late).toMatchObject({ code: "ActorStopped", retryable: true });
  });
});

describe.each(levels)("a keyed group that is restarted, $level", ({ level }) => {
  it("keeps mail for keys old and new, and lets a release in the midst of it take effect", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: keyed(at(level, Hand, { gate })) });
    const held = refs.hands.key("a").ask.hold("door");
    await refs.hands.key("b").ask.keep("old");
    await made.reached("door");
    void app.restart("hands");
    const toNew = refs.hands.key("new").ask.say("first");
    const toOld = refs.hands.key("a").ask.who();
    const released = app.release("hands", "b");
    expect(() => app.tree()).not.toThrow();
    made.open("door");
    expect(await held).toBe("door");
    await released;
    expect(await toNew).toBe("first");
    expect(await toOld).toMatchObject({ key: "a" });
    expect(await refs.hands.key("b").ask.kept()).toBeUndefined();
    expect(app.reports()).toEqual([]);
  });

  it("starts each key once after its cells gave up", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(
        at(level, Hand, { gate }, { guiltyIntensity: { restarts: 0, within: "60s" }, overBudget: "escalate" }),
      ),
    });
    await refs.hands.key("a").ask.say(1);
    await refs.hands.key("idle").ask.keep("lost with its cell");
    app.kill("hands/cell-1");
    expect(await refs.hands.key("a").ask.who()).toMatchObject({ incarnation: 2 });
    expect(await refs.hands.key("idle").ask.kept()).toBeUndefined();
    const starts = () => made.notes.filter((note) => note.startsWith("start")).sort();
    expect(starts()).toEqual(["start 1", "start 1", "start 2", "start 2"]);
    expect(app.reports()).toMatchObject([
      { path: "app/hands/cell-1", decision: "escalate" },
      { path: "app/hands", cause: { kind: "gave-up" }, decision: "restart", level: "in-place" },
    ]);
  });
});

describe.each(levels)("a cell that is restarted by hand, $level", ({ level }) => {
  it("lets its keys finish what they execute first, and they go on in the next one", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }, { window: 1 })),
    });
    const held = refs.hands.key("a").ask.hold("door");
    await made.reached("door");
    void app.restart("hands/cell-1");
    const after = refs.hands.key("a").ask.who();
    const toNew = refs.hands.key("new").ask.say("hello");
    made.open("door");
    expect(await held).toBe("door");
    expect(await after).toMatchObject({ incarnation: 2 });
    expect(await toNew).toBe("hello");
    expect(app.tree().children![1]!.children).toMatchObject([{ name: "cell-1", incarnation: 2, state: "running" }]);
    expect(app.reports()).toEqual([]);
  });
});

describe.each(walls)("a cell that is restarted brutally, $level", ({ level }) => {
  it("is followed by one other, after it has really left", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }, { shutdown: "brutal", spare: "none" })),
    });
    await refs.hands.key("a").ask.say(1);
    const host = () => app.tree().children![1]!.children![0]!.host;
    const first = host();
    const held = failure(refs.hands.key("a").ask.hold("door"));
    await made.reached("door");
    void app.restart("hands/cell-1");
    expect(await held).toMatchObject({ code: "ActorDied" });
    expect(await refs.hands.key("a").ask.who()).toMatchObject({ incarnation: 2 });
    const cell = app.tree().children![1]!.children![0]!;
    expect(cell).toMatchObject({ state: "running", incarnation: 2, restarts: 1 });
    expect(host()).not.toBe(first);
    expect(app.reports()).toMatchObject([
      { path: "app/hands/cell-1", cause: { kind: "killed" }, executing: [{ method: "hold" }] },
    ]);
  });
});

describe.each(levels)("a cell's room for keys, $level", ({ level }) => {
  it("is given back by keys that are released while they are down", async () => {
    const backoff = { initial: "1m", max: "1m" } as const;
    const { refs, app } = await play({
      hands: keyed(at(level, Wide, undefined, { backoff }), { maxKeys: 4 }),
    });
    for (let i = 0; i < 10; i++) {
      const key = `bad ${i}`;
      const lost = failure(refs.hands.key(key).ask.say(1));
      await until(() => stateOf(key) === "waiting", `${key} to wait for its next start`);
      await app.release("hands", key);
      expect(await lost).toMatchObject({ code: "ActorStopped" });
    }
    expect(await refs.hands.key("good").ask.say("room")).toBe("room");

    function stateOf(key: string): string | undefined {
      return app.tree().children![0]!.children![0]!.children!.find(({ name }) => name === key)?.state;
    }
  });

  it("is checked against maxKeys when the cell starts", async () => {
    const error = await failure(play({ hands: keyed(at(level, Broad), { maxKeys: 600, cells: 2 }) }));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain("300 keys");
    const { app } = await play({ hands: keyed(at(level, Broad), { maxKeys: 512, cells: 2 }) });
    expect(app.tree().children![0]!.state).toBe("running");
  });
});

describe.each(levels)("a key that cannot be rebuilt, $level", ({ level }) => {
  it("after its cell's death, is a death with a report of its own", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      starters: keyed(at(level, SlowStarter, { gate, name: "it", fails: "fault" })),
    });
    expect(await refs.starters.key("a").ask.say(1)).toBe(1);
    app.kill("starters/cell-1");
    made.put("fault", 1);
    expect(await refs.starters.key("a").ask.say(2)).toBe(2);
    expect(app.reports()).toMatchObject([
      { path: "app/starters/cell-1", cause: { kind: "killed" } },
      { path: "app/starters/a", key: "a", cause: { kind: "start-failed" }, decision: "restart" },
    ]);
  });
});

describe.each(levels)("a key whose restart fails, $level", ({ level }) => {
  it("has a report for its crash and one for each failed restart", async () => {
    const made = plan();
    const backoff = { initial: 1, jitter: 0 };
    const starter = at(level, SlowStarter, { gate, name: "it", fails: "fault" }, { backoff });
    const { refs, app } = await play({ gate: gateOf(made), starters: keyed(starter) });
    expect(await refs.starters.key("a").ask.say(1)).toBe(1);
    made.put("fault", 2);
    expect(await failure(refs.starters.key("a").ask.fail())).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.starters.key("a").ask.say(2)).toBe(2);
    const why = app.reports().map(({ path, cause, decision }) => [path, cause.kind, decision].join(" "));
    const retried = "app/starters/a start-failed restart";
    expect(why).toEqual(["app/starters/a threw restart", retried, retried]);
  });
});

it("a keyed group refuses cells that are never restarted", async () => {
  const error = await failure(play({ hands: keyed(at("inline", Hand, {}, { restart: "temporary" })) }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/hands.restart" } });
});
