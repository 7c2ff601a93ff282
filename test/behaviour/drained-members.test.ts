import { Actor, inline, pool, refTo } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

async function stage(
  level: (typeof levels)[number]["level"],
  bounds: { min: number; max: number },
  clock?: VirtualClock,
) {
  const made = plan();
  const scale = { targetWait: 10, shrinkAfter: clock ? 1_000 : 60_000, cpuBound: false };
  const hands = pool(at(level, Hand, { gate }), { ...bounds, scale });
  const scene = await play({ gate: gateOf(made), hands }, {}, clock ? { clock } : {});
  const node = () => scene.app.tree().children![1]!;
  const states = () => Object.fromEntries(node().children!.map(({ name, state }) => [name, state]));
  const ready = () => scene.app.stats().units.find(({ path }) => path === "app/hands")!.ready;
  return { ...scene, made, node, states, ready };
}

describe.each(levels)("a member that was drained by hand does not count as one that works, $level", ({ level }) => {
  it("another comes where there would be fewer than min", async () => {
    const { app, refs, states, ready, events } = await stage(level, { min: 1, max: 2 });
    await app.drain("hands/1");
    await until(() => states()["2"] === "running", "another member");
    expect(states()).toEqual({ 1: "draining", 2: "running" });
    expect(ready()).toBe(1);
    expect(await refs.hands.ask.who()).toMatchObject({ path: "app/hands/2" });
    const why = "0 of 1 members can serve, at least 1";
    expect(events.filter(({ type }) => type === "scaled")).toMatchObject([{ from: 0, to: 1, by: "rule", why }]);
  });

  it("the pool grows for mail that waits, until there are max with it", async () => {
    const { app, refs, made, node } = await stage(level, { min: 2, max: 4 });
    await refs.hands.ask.say("known by now");
    await app.drain("hands/1");
    const asks = [1, 2, 3, 4].map(() => refs.hands.ask.hold("door"));
    await made.reached("door", 3);
    expect(node()).toMatchObject({ mailbox: { waiting: 1 }, scaling: { members: 4, ready: 3 } });
    app.resume("hands/1");
    await made.reached("door", 4);
    made.open("door");
    expect(await Promise.all(asks)).toHaveLength(4);
    expect(node().children).toHaveLength(4);
  });
});

describe("when it is resumed", () => {
  it("one more than needed goes after a while, though nothing comes", async () => {
    const clock = new VirtualClock();
    const { app, states, ready } = await stage("inline", { min: 1, max: 2 }, clock);
    await app.drain("hands/1");
    await clock.advance(100);
    expect(states()).toEqual({ 1: "draining", 2: "running" });
    // Nobody lets go what somebody has drained, and the only one that works stays.
    await clock.advance(10_000);
    expect(states()).toEqual({ 1: "draining", 2: "running" });
    app.resume("hands/1");
    expect(ready()).toBe(2);
    await clock.advance(10_000);
    expect(Object.values(states())).toEqual(["running"]);
    expect(app.reports()).toEqual([]);
  });

  it("a pool of one size has its size: nobody stood in", async () => {
    const { app, states } = await stage("inline", { min: 2, max: 2 });
    await app.drain("hands/2");
    expect(states()).toEqual({ 1: "running", 2: "draining" });
    app.resume("hands/2");
    expect(states()).toEqual({ 1: "running", 2: "running" });
  });
});

it("a pool that is held by hand lets go first who was drained", async () => {
  const { app, states } = await stage("inline", { min: 1, max: 3 });
  await app.resize("hands", 2);
  await app.drain("hands/1");
  expect(states()).toEqual({ 1: "draining", 2: "running" });
  await app.resize("hands", 1);
  expect(states()).toEqual({ 2: "running" });
});

it("one that was drained is not recycled: it stays what it is until it is resumed", async () => {
  const clock = new VirtualClock();
  const hands = pool(at("inline", Hand), { size: 2, recycle: { age: "1h" } });
  const { app } = await play({ hands }, {}, { clock });
  const names = () => app.tree().children![0]!.children!.map(({ name }) => name);
  await app.drain("hands/1");
  await clock.advance(2 * 3_600_000);
  expect(names()).toContain("1");
  expect(names()).not.toContain("2");
  app.resume("hands/1");
  await clock.advance(3_600_000);
  expect(names()).not.toContain("1");
});

/** Its first start is over at once; a later one takes a second. */
class Latecomer extends Actor<{ starts: { count: number } }> {
  start(): Promise<void> | undefined {
    if (this.props.starts.count++ === 0) return undefined;
    return new Promise((resolve) => this.after(1_000, () => resolve()));
  }
}

it.each(["1", "2"])(
  "neither of two leaves while %s of them is drained, though one replaces the other",
  async (drained) => {
    const clock = new VirtualClock();
    const starts = { count: 0 };
    const hands = pool(inline(Latecomer, { starts }), { size: 1, recycle: { age: "1h" } });
    const { app, events } = await play({ hands }, {}, { clock });
    const names = () => app.tree().children![0]!.children!.map(({ name, state }) => `${name} ${state}`);
    while (names().length < 2) await clock.advance(100);
    expect(names()).toEqual(["1 running", "2 starting"]);
    await app.drain(`hands/${drained}`);
    await clock.advance(10_000);
    expect(names()).toEqual(["1", "2"].map((name) => `${name} ${name === drained ? "draining" : "running"}`));
    app.resume(`hands/${drained}`);
    await clock.advance(60_000);
    expect(names()).toEqual(["2 running"]);
    expect(events.filter(({ type }) => type === "recycled")).toHaveLength(1);
  },
);
