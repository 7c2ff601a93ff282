import { causeText, fork, keyed, pool, refTo, type TreeNode, thread } from "holdfast";
import { connect } from "holdfast/client";
import { gateway } from "holdfast/gateway";
import { describe, expect, it } from "vitest";
import type { Blocking } from "../actors/blocking.mjs";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const blocking = new URL("../actors/blocking.mjs", import.meta.url);
const gate = refTo<Gate>("gate");

function nodeAt(node: TreeNode, path: string): TreeNode {
  const found = [node, ...(node.children ?? []), ...(node.children ?? []).flatMap(({ children = [] }) => children)];
  return found.find((one) => one.path === path)!;
}

describe.each(levels)("an actor that is drained by hand, $level", ({ level }) => {
  it("finishes what it has, refuses what is new, and takes mail again when it is resumed", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const held = refs.hand.ask.hold("door");
    const waiting = refs.hand.ask.say("was there before");
    await made.reached("door");
    const forEver = app.drain("hand", { within: Number.POSITIVE_INFINITY });
    app.resume("hand");
    expect(await forEver).toBe(false);
    expect(await app.drain("hand", { within: 20, by: "the test" })).toBe(false);
    expect(nodeAt(app.tree(), "app/hand")).toMatchObject({ state: "draining", reason: "was drained by the test" });
    expect(await failure(refs.hand.ask.say("new"))).toMatchObject({
      code: "Unavailable",
      retryable: true,
      message: "app/hand was drained by the test, and takes no new work until it is resumed",
    });
    expect(refs.hand.tell.say("new")).toBe(false);
    const drained = app.drain("hand");
    made.open("door");
    expect([await held, await waiting, await drained]).toEqual(["door", "was there before", true]);
    expect(app.resume("hand")).toBe(true);
    expect(app.resume("hand")).toBe(false);
    expect(await refs.hand.ask.say("again")).toBe("again");
    expect(nodeAt(app.tree(), "app/hand").state).toBe("running");
  });

  it("stays drained over a death and over a restart", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    await app.drain("hand");
    app.kill("hand");
    const back = () => nodeAt(app.tree(), "app/hand");
    await until(() => back().incarnation === 2 && back().state === "draining", "its return");
    await app.restart("hand");
    expect(await failure(refs.hand.ask.who())).toMatchObject({ code: "Unavailable" });
    app.resume("hand");
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 3 });
  });
});

describe.each([
  ["one mailbox for all", {}],
  ["the least wait", { route: "least-wait" }],
  ["by key", { route: "consistent-hash" }],
] as const)("a member of a pool that is drained by hand, %s", (_, options) => {
  const members = (made: ReturnType<typeof plan>) => ({
    gate: gateOf(made),
    hands: pool(at("inline", Hand, { gate }, { window: 1 }), { size: 2, ...options }),
  });
  const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`);
  const keyedAsk = (key: string) => ("route" in options && options.route === "consistent-hash" ? { key } : {});

  it("gets no more mail, and what it has not begun goes to the others", async () => {
    const made = plan();
    const { refs, app } = await play(members(made));
    const held = keys.slice(0, 6).map((key) => refs.hands.with(keyedAsk(key)).ask.hold("door"));
    await made.reached("door", 2);
    expect(await app.drain("hands/1", { within: 0 })).toBe(false);
    made.open("door");
    expect(await Promise.all(held)).toHaveLength(6);
    expect(await app.drain("hands/1")).toBe(true);
    const who = await Promise.all(keys.map((key) => refs.hands.with(keyedAsk(key)).ask.who()));
    expect(new Set(who.map(({ path }) => path))).toEqual(new Set(["app/hands/2"]));
    expect(nodeAt(app.tree(), "app/hands/1").state).toBe("draining");
    expect(nodeAt(app.tree(), "app/hands").state).toBe("running");
  });

  it("gets mail again when it is resumed, and keeps what waits for it while nobody else may take it", async () => {
    const made = plan();
    const { refs, app } = await play(members(made));
    await app.drain("hands/1");
    await app.drain("hands/2");
    const asks = keys.map((key) => refs.hands.with(keyedAsk(key)).ask.who());
    let settled = 0;
    for (const ask of asks) void ask.then(() => settled++);
    await new Promise(setImmediate);
    expect(settled).toBe(0);
    expect(app.resume("hands/2")).toBe(true);
    expect(new Set((await Promise.all(asks)).map(({ path }) => path))).toEqual(new Set(["app/hands/2"]));
    app.resume("hands/1");
    const held = keys.map((key) => refs.hands.with(keyedAsk(key)).ask.hold("door"));
    await made.reached("door", 2);
    made.open("door");
    await Promise.all(held);
  });
});

it("a pool, a keyed group and all below a supervisor are drained as one", async () => {
  const { refs, app } = await play({ hands: pool(at("inline", Hand), { size: 2 }), keys: keyed(at("inline", Hand)) });
  expect(await app.drain("")).toBe(true);
  for (const ask of [refs.hands.ask.say(1), refs.keys.key("a").ask.say(1)]) {
    expect(await failure(ask)).toMatchObject({ code: "Unavailable" });
  }
  expect(nodeAt(app.tree(), "app/keys").state).toBe("draining");
  expect(app.resume("")).toBe(true);
  expect(await Promise.all([refs.hands.ask.say(1), refs.keys.key("a").ask.say(1)])).toEqual([1, 1]);
  const cell = nodeAt(app.tree(), "app/keys").children![0]!.path;
  expect(await failure(app.drain(cell))).toMatchObject({ code: "InvalidSpec" });
  expect(await failure(app.drain("nobody"))).toMatchObject({ code: "InvalidSpec" });
});

it("a system that stops is not held up by what was drained", async () => {
  const { app } = await play({ hand: at("inline", Hand) });
  await app.drain("hand");
  await app.stop();
  expect(await failure(app.drain("hand"))).toMatchObject({ code: "Draining" });
});

describe.each(walls)("what an operator has hang, $level", ({ level }) => {
  it("is found by the mail that waits for it, which is served by another", async () => {
    const spec = level === "thread" ? thread<Blocking>(blocking) : fork<Blocking>(blocking);
    const { refs, app } = await play({ blocking: spec });
    expect(app.hang("blocking", { by: "the test" })).toBe(true);
    // What it takes before it stands still it answers.
    while (deaths(app).length === 0) expect(await refs.blocking.ask.say("mail")).toBe("mail");
    expect(await refs.blocking.ask.incarnation()).toBe(2);
    expect(deaths(app)).toMatchObject([
      {
        cause: { kind: "hung", method: "say", limitMs: 200, seq: 0, by: "the test" },
        executing: [],
        redelivered: 1,
        failed: 0,
      },
    ]);
  });

  it("charges nobody: what executed then is delivered again, however often, and the report says who did it", async () => {
    const spec = level === "thread" ? thread<Blocking>(blocking, { gate }) : fork<Blocking>(blocking, { gate });
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), blocking: spec });
    const held = refs.blocking.with({ idempotent: true }).ask.briefly("door");
    for (let times = 1; times <= 2; times++) {
      await made.reached("door", times);
      app.hang("blocking", { by: "the test" });
      await until(() => deaths(app).length === times, "its death");
    }
    await made.reached("door", 3);
    made.open("door");
    expect(await held).toBe("door");
    for (const { cause, poisoned } of deaths(app)) {
      expect(causeText(cause)).toMatch(/^made to hang by the test: briefly ran for \d+ ms, limit 1000 ms/);
      expect(poisoned).toBe(0);
    }
  });

  it("is its own doing again once the time is over", async () => {
    const spec = level === "thread" ? thread<Blocking>(blocking) : fork<Blocking>(blocking);
    const { refs, app } = await play({ blocking: spec });
    app.hang("blocking", { for: 20, by: "the test" });
    expect(await refs.blocking.ask.incarnation()).toBe(1);
    expect(await refs.blocking.ask.wedge()).toBe("wedged");
    while (deaths(app).length === 0) await refs.blocking.ask.say("mail");
    expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", seq: 0 } }]);
    expect(deaths(app)[0]!.cause).not.toHaveProperty("by");
  });

  it("goes on by itself when its time is over", async () => {
    const { refs, app } = await play({ keys: keyed(at(level, Hand)) });
    const { incarnation } = await refs.keys.key("a").ask.who();
    expect(app.hang("keys", { key: "a", for: 100 })).toBe(true);
    expect(await refs.keys.key("a").ask.who()).toMatchObject({ incarnation });
    expect(deaths(app)).toEqual([]);
  });
});

it("what runs inline cannot be made to hang, nor what has no host, nor for longer than an hour", async () => {
  const { app } = await play({ hand: at("inline", Hand), hands: pool(at("inline", Hand), { size: 1 }) });
  expect(() => app.hang("hand")).toThrow("the whole program would hang");
  expect(() => app.hang("hands")).toThrow("name an actor, or one member of a pool");
  expect(() => app.hang("hand", { for: "2h" })).toThrow("give at most 3600000");
  expect(() => app.hang("nobody")).toThrow("there is nothing at");
});

it("an operator does all of it over a connection, and is told why not", async () => {
  const { refs, app } = await play({ hand: at("inline", Hand), hands: pool(at("inline", Hand), { min: 1, max: 3 }) });
  const door = await gateway(app, { port: 0, expose: { hand: ["say"] } });
  try {
    const client = await connect(door.url, { adminToken: door.adminToken });
    const { admin } = client;
    expect(await admin.drain("hand")).toBe(true);
    expect(nodeAt(app.tree(), "app/hand").reason).toMatch(/^was drained by an operator \(.*127\.0\.0\.1\)$/);
    expect((await fetch(`${door.pagesUrl}health/ready`)).status).toBe(503);
    expect(await failure(client.ref<Hand>("hand").ask.say(1))).toMatchObject({ code: "Unavailable" });
    expect(await admin.resume("hand")).toBe(true);
    await admin.restart("hand");
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
    await admin.resize("hands", 3);
    expect(nodeAt(app.tree(), "app/hands").children).toHaveLength(3);
    expect(await admin.kill("hand")).toBe(true);
    for (const [act, code] of [
      [() => admin.restart("nobody"), "InvalidSpec"],
      [() => admin.hang("hand"), "InvalidSpec"],
      [() => admin.drain("hand", { within: -1 }), "InvalidSpec"],
      [() => admin.models.swap("mnist"), "NotExposed"],
    ] as const) {
      expect(await failure(act())).toMatchObject({ code });
    }
    const caller = await connect(door.url);
    expect(await failure(caller.admin.drain("hand"))).toMatchObject({ code: "Unauthorized" });
    expect(await failure(caller.admin.models.unload("hand"))).toMatchObject({ code: "Unauthorized" });
    for (const one of [client, caller]) one.close();
  } finally {
    await door.close({ drain: 0 });
  }
});
