import { type ActorOptions, dynamic, keyed, pool, refTo, supervisor, type TreeNode } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger, SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");
const light = { cell: "light" } as const;

function hosts(app: { tree(): TreeNode }, ...names: string[]): (string | undefined)[] {
  return names.map((name) => app.tree().children!.find((node) => node.name === name)!.host);
}

describe.each(walls)("actors that share a cell, $level", ({ level }) => {
  it("live in one host, each with its own props, state and path; those of another name or of none have their own", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      a: at(level, Hand, { gate }, light),
      b: at(level, Hand, undefined, light),
      other: at(level, Hand, undefined, { cell: "other" }),
      alone: at(level, Hand),
    });
    await refs.a.ask.keep("of a");
    expect(await refs.b.ask.kept()).toBeUndefined();
    expect(await refs.b.ask.who()).toMatchObject({ path: "app/b" });
    await refs.a.ask.jot("a has a gate");
    await made.noted("a has a gate");
    expect(await failure(refs.b.ask.jot("b has none"))).toMatchObject({ code: "HandlerFailed" });
    const [a, b, other, alone] = hosts(app, "a", "b", "other", "alone");
    expect(a).toBe(b);
    expect(new Set([a, other, alone]).size).toBe(3);
  });

  it("one that throws is rebuilt alone; its neighbour keeps its state", async () => {
    const { refs, app } = await play({ a: at(level, Hand, undefined, light), b: at(level, Hand, undefined, light) });
    await refs.b.ask.keep("mine");
    expect(await failure(refs.a.ask.fail("x"))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.a.ask.who()).toMatchObject({ incarnation: 2 });
    expect(await refs.b.ask.kept()).toBe("mine");
    expect(app.reports()).toMatchObject([{ path: "app/a", cause: { kind: "threw" } }]);
  });

  it("die together: one report that names all, the guilty message alone fails, and each goes on by its class", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      bad: at(level, Hand, { gate }, light),
      book: at(level, Hand, { gate }, light),
      idle: at(level, Hand, { gate }, light),
    });
    const held = refs.book.ask.again("door");
    await made.reached("door");
    const behind = refs.book.ask.say("behind");
    const guilty = failure(refs.bad.ask.exit(3));
    expect(await guilty).toMatchObject({ code: "ActorDied", retryable: false });
    made.open("door");
    expect(await held).toBe(2);
    expect(await behind).toBe("behind");
    expect(await refs.idle.ask.who()).toMatchObject({ incarnation: 2 });
    const [report, ...more] = app.reports();
    expect(more).toEqual([]);
    expect(report).toMatchObject({ cause: { kind: "exit", code: 3 }, decision: "restart" });
    expect([report!.path, ...report!.together!].sort()).toEqual(["app/bad", "app/book", "app/idle"]);
    expect(report!.executing.map(({ method }) => method).sort()).toEqual(["again", "exit"]);
    const [a, b] = hosts(app, "bad", "book");
    expect(a).toBe(b);
  });

  it("charge nobody's intensity for a message that is known", async () => {
    const none = { ...light, intensity: { restarts: 0, within: "60s" } } as const;
    const { refs, app } = await play({ a: at(level, Hand, undefined, none), b: at(level, Hand, undefined, none) });
    expect(await failure(refs.a.ask.exit(3))).toMatchObject({ code: "ActorDied" });
    expect(await refs.b.ask.who()).toMatchObject({ incarnation: 2 });
    expect(await refs.a.ask.who()).toMatchObject({ incarnation: 2 });
    expect(app.reports()).toHaveLength(1);
  });

  it("one that hangs takes the cell along, and all come back", async () => {
    const { refs, app } = await play({ a: at(level, Hand, undefined, light), b: at(level, Hand, undefined, light) });
    expect(await failure(refs.a.ask.hang())).toMatchObject({ code: "ActorDied" });
    expect(await refs.b.ask.who()).toMatchObject({ incarnation: 2 });
    expect(app.reports()).toMatchObject([{ path: "app/a", together: ["app/b"], cause: { kind: "hung" } }]);
  });

  it("go on from their snapshots, each from its own", async () => {
    const { refs, app } = await play({
      a: at(level, Ledger, undefined, light),
      b: at(level, Ledger, undefined, light),
    });
    expect(await Promise.all([refs.a.ask.add("of a"), refs.b.ask.add("of b")])).toEqual([1, 1]);
    app.kill("a");
    expect(await refs.b.ask.add("more")).toBe(2);
    expect(await refs.a.ask.all()).toEqual(["of a"]);
    expect(await refs.b.ask.all()).toEqual(["of b", "more"]);
    expect(app.reports()).toHaveLength(1);
  });

  it("come and go while others stay; the last one takes the host along", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      few: dynamic(at(level, Hand, { gate }, { ...light, shutdown: "brutal" })),
    });
    const a = await refs.few.spawn("a", { gate });
    const b = await refs.few.spawn("b", { gate });
    await b!.ask.keep("mine");
    const held = failure(a!.ask.hold("door"));
    await made.reached("door");
    await refs.few.remove("a");
    expect(await held).toMatchObject({ code: "ActorDied" });
    expect(await b!.ask.kept()).toBe("mine");
    await refs.few.remove("b");
    made.open("door");
    const c = await refs.few.spawn("c", { gate });
    expect(await c!.ask.who()).toMatchObject({ incarnation: 1 });
  });

  it("one that does not stop takes the host along, after its shutdown time, and its neighbour comes back", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      a: at(level, Hand, { gate }, { ...light, shutdown: 100 }),
      b: at(level, Hand, undefined, light),
    });
    const stuck = failure(refs.a.ask.holdThenSpin("door"));
    await made.reached("door");
    made.open("door");
    await app.remove("a");
    expect(await stuck).toMatchObject({ code: "ActorDied" });
    expect(await refs.b.ask.who()).toMatchObject({ incarnation: 2 });
    const [report] = app.reports();
    expect(report).toMatchObject({ cause: { kind: "killed" }, executing: [{ method: "holdThenSpin" }] });
  });

  it("under supervisors that decide alike or not, each by its own", async () => {
    const { refs, app } = await play({
      left: supervisor({}, { a: at(level, Hand, undefined, light) }),
      right: supervisor({ strategy: "all-for-one" }, { b: at(level, Hand, undefined, light), c: at(level, Hand) }),
    });
    await refs.right.c.ask.keep("goes with b");
    app.kill("left/a");
    await until(
      () => app.tree().children!.every((node) => node.children!.every((one) => one.restarts === 1)),
      "all restarts",
    );
    expect(await refs.right.c.ask.kept()).toBeUndefined();
    expect(await refs.left.a.ask.say(1)).toBe(1);
    expect(app.reports()).toHaveLength(1);
  });

  it("refuse props that differ where load() was given them", async () => {
    const starter = (name: string) => at(level, SlowStarter, { name }, light);
    const { refs, app } = await play({ one: starter("it"), two: starter("it") });
    expect(await refs.two.ask.loaded()).toBe(true);
    const error = await failure(app.add("", "three", starter("other")) as Promise<unknown>);
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain("give them the same props, or another name of the cell");
    expect(await failure(play({ one: starter("it"), two: starter("other") }))).toMatchObject({ code: "StartFailed" });
  });
});

describe.each(levels)("the name of a cell, $level", ({ level }) => {
  it("is refused where it can mean nothing", async () => {
    const tries: ActorOptions[] = [
      { cell: "" },
      { cell: 3 as never },
      { ...light, exclusive: true },
      { ...light, memory: { heapMb: 50 } },
    ];
    if (level === "inline") tries.push(light);
    for (const options of tries) {
      expect(await failure(play({ a: at(level, Hand, undefined, options) }))).toMatchObject({ code: "InvalidSpec" });
    }
    expect(() => pool(at(level, Hand, undefined, light))).toThrow("leave it out, each of its members has its own");
    expect(() => keyed(at(level, Hand, undefined, light))).toThrow("say how many with its own option cells");
  });
});
