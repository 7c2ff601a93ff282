import { pool, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a pool is resized by hand, $level", ({ level }) => {
  async function stage(options: { min?: number; max?: number; size?: number }) {
    const made = plan();
    const scene = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }), options) });
    const node = () => scene.app.tree().children![1]!;
    const names = () => node().children!.map(({ name }) => name);
    return { made, ...scene, node, names };
  }

  it("up: it resolves when the new members serve, and all work at once", async () => {
    const { made, refs, names } = await stage({ min: 1, max: 3 });
    const asks = [1, 2, 3].map(() => refs.hands.ask.hold("door"));
    await made.reached("door");
    await refs.hands.resize(3);
    await made.reached("door", 3);
    expect(names()).toEqual(["1", "2", "3"]);
    made.open("door");
    expect(await Promise.all(asks)).toEqual(["door", "door", "door"]);
  });

  it("down under load: what executes is finished, what waits is served in order, and nothing dies", async () => {
    const { made, refs, app, names } = await stage({ min: 1, max: 3 });
    await refs.hands.resize(3);
    const held = [1, 2, 3].map(() => refs.hands.ask.hold("door"));
    await made.reached("door", 3);
    for (let i = 0; i < 20; i++) refs.hands.tell.jot(String(i));
    const jotted = () => made.notes.filter((note) => /^\d+$/.test(note));
    let done = false;
    const resized = refs.hands.resize(1).then(() => {
      done = true;
    });
    await until(() => app.tree().children![1]!.children!.some(({ state }) => state === "stopping"), "members to leave");
    expect(done).toBe(false);
    expect(jotted()).toEqual([]);
    made.open("door");
    await Promise.all(held);
    await resized;
    await made.noted("19");
    expect(jotted()).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    expect(names()).toHaveLength(1);
    expect(app.reports()).toEqual([]);
  });

  it("never gives a name twice", async () => {
    const { refs, names } = await stage({ min: 1, max: 2 });
    for (let round = 0; round < 3; round++) {
      await refs.hands.resize(2);
      await refs.hands.resize(1);
    }
    await refs.hands.resize(2);
    expect(new Set(names()).size).toBe(2);
    expect(Math.max(...names().map(Number))).toBe(5);
  });

  it("to nothing: mail waits until there are members again", async () => {
    const { refs, app, node } = await stage({ size: 1 });
    await app.resize("hands", 0);
    const asked = refs.hands.ask.say("held");
    expect(node()).toMatchObject({ state: "running", mailbox: { waiting: 1 }, children: [] });
    await app.resize("hands", 1);
    expect(await asked).toBe("held");
  });

  it("forgets a member that is killed while it drains; the law decides on its message", async () => {
    const { made, refs, app, names } = await stage({ size: 2 });
    const held = [failure(refs.hands.ask.hold("door")), failure(refs.hands.ask.hold("door"))];
    await made.reached("door", 2);
    const resized = refs.hands.resize(1);
    const leaving = app.tree().children![1]!.children!.find(({ state }) => state === "stopping")!;
    expect(app.kill(leaving.path)).toBe(true);
    await resized;
    expect(names()).not.toContain(leaving.name);
    expect(names()).toHaveLength(1);
    expect(app.reports()).toMatchObject([{ path: leaving.path, decision: "stop" }]);
    expect(await Promise.race(held)).toMatchObject({ code: "ActorDied" });
    expect(await refs.hands.resize(2)).toBe(undefined);
    expect(await refs.hands.ask.say("serves")).toBe("serves");
    made.open("door");
  });
});

describe("a pool refuses a size", () => {
  it.each([-1, 3, 1.5, Number.NaN, "two", undefined])("%s", async (size) => {
    const { refs, app } = await play({ hands: pool(at("inline", Hand), { min: 1, max: 2 }) });
    const error = await failure(refs.hands.resize(size as number));
    expect(error).toMatchObject({ code: "InvalidValue", details: { max: 2 } });
    expect(error.message).toContain("a whole number from 0 to its max, 2");
    expect(await failure(app.resize("hands", size as number))).toMatchObject({ code: "InvalidValue" });
  });

  it("for what is no pool", async () => {
    const { app } = await play({ hand: at("inline", Hand) });
    const error = await failure(app.resize("hand", 2));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain('"hand" cannot be resized');
  });

  it.each([
    [{ min: 3, max: 2 }, "app/hands.min is 3 and app/hands.max is 2"],
    [{ min: -1 }, "app/hands.min is -1: give a whole number, 0 or above"],
    [{ max: 0 }, "app/hands.max is 0: give a whole number above 0"],
    [{ max: "core" as "cores" }, 'app/hands.max is "core": give a whole number above 0, or "cores"'],
    [{ max: Number.POSITIVE_INFINITY }, 'app/hands.max is Infinity: give a whole number above 0, or "cores"'],
    [{ size: "core" as "cores" }, 'app/hands.size is "core": give a whole number above 0, or "cores"'],
    [{ size: 2, max: 3 }, "app/hands.size is 2 and app/hands.max is 3"],
  ])("%j", async (options, text) => {
    const error = await failure(play({ hands: pool(at("inline", Hand), options) }));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain(text);
  });
});
