import { keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a keyed group, $level", ({ level }) => {
  it("has one actor per key, each with its own state", async () => {
    const { refs } = await play({ hands: keyed(at(level, Hand), { cells: 2 }) });
    await Promise.all(["a", "b", "c"].map((key) => refs.hands.key(key).ask.keep(`state of ${key}`)));
    expect(await refs.hands.key("b").ask.kept()).toBe("state of b");
    expect(await refs.hands.with({ key: "a" }).ask.kept()).toBe("state of a");
    expect(await refs.hands.key("c").ask.who()).toEqual({ path: "app/hands/c", key: "c", incarnation: 1 });
  });

  it("says that it needs a key", async () => {
    const { refs } = await play({ hands: keyed(at(level, Hand)) });
    const error = await failure(refs.hands.ask.say(1));
    expect(error).toMatchObject({ code: "InvalidValue" });
    expect(error.message).toContain('write ref.key("…").ask.say(…)');
  });

  it("a key's crash is its own: its neighbours in the same cell keep their state and incarnation", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand)) });
    await refs.hands.key("good").ask.keep("mine");
    await refs.hands.key("bad").ask.keep("lost");
    expect(await failure(refs.hands.key("bad").ask.fail("x"))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.hands.key("bad").ask.kept()).toBeUndefined();
    expect(await refs.hands.key("good").ask.kept()).toBe("mine");
    expect(await refs.hands.key("good").ask.who()).toMatchObject({ incarnation: 1 });
    expect(app.reports()).toMatchObject([{ key: "bad", path: "app/hands/bad", cause: { kind: "threw" } }]);
  });

  it("one key does not wait for another", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: keyed(at(level, Hand, { gate })) });
    const slow = refs.hands.key("slow").ask.hold("door");
    await made.reached("door");
    expect(await refs.hands.key("quick").ask.say(1)).toBe(1);
    made.open("door");
    await slow;
  });

  it("a cell's death is one report; its keys go on from their snapshots, the others never notice", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), books: keyed(at(level, Ledger, { gate }), { cells: 2 }) });
    for (const key of ["a", "b", "c", "d"]) await refs.books.key(key).ask.add(`first of ${key}`);
    const cells = app.tree().children![1]!.children!;
    const homeOfA = cells.find((cell) => cell.children!.some(({ name }) => name === "a"))!;
    const away = cells.find((cell) => cell !== homeOfA)!.children!.map(({ name }) => name);
    const interrupted = refs.books.key("a").ask.addHeld("door");
    await made.reached("door");
    app.kill("books", { key: "a" });
    await made.reached("door", 2);
    made.open("door");
    expect(await interrupted).toBe(2);
    expect(await refs.books.key("a").ask.all()).toEqual(["first of a", "door"]);
    for (const key of ["b", "c", "d"]) expect(await refs.books.key(key).ask.all()).toEqual([`first of ${key}`]);
    expect(app.reports()).toHaveLength(1);
    expect(app.reports()[0]!.executing.map(({ method }) => method)).toEqual(["addHeld"]);
    const now = app.tree().children![1]!.children!.flatMap((cell) => cell.children!);
    for (const name of away) expect(now.find((node) => node.name === name)!.incarnation).toBe(1);
  });

  it("refuses one key more than maxKeys, and takes it when another was released", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand), { maxKeys: 2 }) });
    await refs.hands.key("a").ask.keep("old");
    await refs.hands.key("b").ask.say(1);
    const error = await failure(refs.hands.key("c").ask.say(1));
    expect(error).toMatchObject({ code: "Unavailable", retryable: true, details: { maxKeys: 2 } });
    await Promise.all([app.release("hands", "a"), app.release("hands", "a")]);
    expect(await refs.hands.key("c").ask.say(1)).toBe(1);
    await app.release("hands", "c");
    expect(await refs.hands.key("a").ask.kept()).toBeUndefined();
    await app.release("hands", "nobody");
  });

  it("lets an idle key go and forgets its state; a busy one stays", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), books: keyed(at(level, Ledger, { gate }), { idle: 50 }) });
    await refs.books.key("idle").ask.add("gone soon");
    const busy = refs.books.key("busy").ask.addHeld("door");
    await made.reached("door");
    const keys = () => app.tree().children![1]!.children!.flatMap((cell) => cell.children!.map(({ name }) => name));
    await until(() => keys().join() === "busy", "the idle key to go");
    made.open("door");
    expect(await busy).toBe(1);
    expect(await refs.books.key("idle").ask.all()).toEqual([]);
  });

  it("fails what waits for a key that is released", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: keyed(at(level, Hand, { gate }, { window: 1 })) });
    const held = refs.hands.key("a").ask.hold("door");
    await made.reached("door");
    const waiting = failure(refs.hands.key("a").ask.say(1));
    const released = app.release("hands", "a");
    made.open("door");
    expect(await held).toBe("door");
    expect(await waiting).toMatchObject({ code: "ActorStopped", retryable: true });
    await released;
  });
});

describe.each(walls)("a keyed group whose key does not stop, $level", ({ level }) => {
  it("restarts the cell, so that its other keys are served again", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand, undefined, { shutdown: 100 })) });
    await refs.hands.key("good").ask.say(1);
    const stuck = failure(refs.hands.key("bad").ask.spin());
    await until(() => executing("bad") === 1, "the loop to begin");
    await app.release("hands", "bad");
    expect(await refs.hands.key("good").ask.say(2)).toBe(2);
    expect(await stuck).toMatchObject({ code: "ActorDied" });
    expect(app.reports()[0]!.cause).toMatchObject({ kind: "killed" });

    function executing(key: string): number | undefined {
      return app.tree().children![0]!.children![0]!.children!.find(({ name }) => name === key)?.mailbox?.executing;
    }
  });
});
