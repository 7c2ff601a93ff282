import { Actor, type Isolation, inline, isHoldfastError, keyed, type Ref, refTo, type TreeNode } from "holdfast";
import { describe, expect, it } from "vitest";
import { Child, Parent } from "../actors/reach.mjs";
import type { Gate } from "./gate.js";
import { reach } from "./reach.js";
import { deaths, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

function nodeOf(app: { tree(): TreeNode }, path: string): TreeNode | undefined {
  const names = path.split("/").slice(1);
  return names.reduce<TreeNode | undefined>(
    (node, name) => node?.children?.find((child) => child.name === name),
    app.tree(),
  );
}

/** A parent at a level, its children at another. */
async function family(level: Isolation, props: object = {}, options: object = {}) {
  const made = plan();
  const scene = await play({ gate: gateOf(made), parent: reach(level, Parent, { gate, ...props }, options) });
  return { made, ...scene, parent: scene.refs.parent };
}

const pairs = [
  { level: "inline", child: "inline" },
  { level: "inline", child: "thread" },
  { level: "thread", child: "thread" },
  { level: "thread", child: "fork" },
  { level: "fork", child: "thread" },
] as const;

describe.each(pairs)("children of an actor, $level with $child", ({ level, child }) => {
  it("are supervised in the tree below it, and reached by the ref, whoever holds it", async () => {
    const { app, parent } = await family(level);
    const ref = await parent.ask.open(child, "one");
    expect(ref.path).toBe("app/parent/one");
    expect(await ref.ask.say("from outside")).toBe("from outside");
    expect(await parent.ask.ask("one", "say", "from its parent")).toBe("from its parent");
    expect(nodeOf(app, "app/parent/one")).toMatchObject({ state: "running", kind: "actor", isolation: child });
    expect(await (app.ref("parent/one") as Ref<Child>).ask.who()).toMatchObject({
      path: "app/parent/one",
      incarnation: 1,
    });
    expect(await failure(ref.ask.fail())).toMatchObject({ code: "HandlerFailed" });
    expect(await parent.ask.ask("one", "who")).toMatchObject({ incarnation: 2 });
    expect(await parent.ask.who()).toBe(1);
    await app.restart("parent/one");
    expect(await ref.ask.who()).toMatchObject({ incarnation: 3 });
  });

  it("end with the incarnation that spawned them, before the next one starts", async () => {
    const { app, parent, made } = await family(level);
    const one = await parent.ask.open(child, "one");
    await parent.ask.open(child, "two", { stopHeld: "two stops" });
    expect(await failure(parent.ask.fail())).toMatchObject({ code: "HandlerFailed" });
    const next = parent.ask.who();
    await made.reached("two stops");
    await until(() => made.notes.includes("stop app/parent/one"), "the first child's stop");
    expect(made.notes).not.toContain("start app/parent 2");
    expect(nodeOf(app, "app/parent")).toMatchObject({ state: "starting" });
    made.open("two stops");
    expect(await next).toBe(2);
    expect(nodeOf(app, "app/parent")).not.toHaveProperty("children");
    expect(await failure(one.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    // The name is free again.
    await parent.ask.open(child, "one");
    expect(await parent.ask.ask("one", "who")).toMatchObject({ incarnation: 1 });
  });

  it("end with the actor's stop, after it and the last one first", async () => {
    const { app, parent, made } = await family(level);
    for (const name of ["a", "b", "c"]) await parent.ask.open(child, name);
    await app.stop();
    expect(made.notes.filter((note) => note.startsWith("stop"))).toEqual([
      "stop app/parent",
      "stop app/parent/c",
      "stop app/parent/b",
      "stop app/parent/a",
    ]);
  });

  it("that cannot start are refused as StartFailed, and nothing of them is left", async () => {
    const { app, parent } = await family(level);
    const error = await failure(parent.ask.open(child, "bad", { fails: "as told" }));
    expect((error.cause as Error & { code: string }).code).toBe("StartFailed");
    expect(error.message).toContain("cannot: as told");
    expect(app.ref("parent/bad")).toBeUndefined();
  });
});

describe.each(levels)("spawning, $level", ({ level }) => {
  const child = level === "inline" ? "inline" : "thread";

  it("makes a name up where none is given, and refuses one that is taken or cannot be", async () => {
    const { parent, app } = await family(level, {}, { guiltyIntensity: { restarts: 10, within: "60s" } });
    expect(await parent.ask.openUnnamed(child)).toBe("app/parent/child-1");
    expect(await parent.ask.openUnnamed(child)).toBe("app/parent/child-2");
    const taken = await failure(parent.ask.open(child, "child-1"));
    expect(taken.message).toContain('has a child "child-1" already');
    const wrong = await failure(parent.ask.open(child, "a/b"));
    expect(wrong.message).toContain('a child is named "a/b": use letters');
    const odd = await failure(parent.ask.openOddly());
    expect(odd.message).toContain("spawn() got a pool spec: give the spec of one actor, such as thread(url)");
    expect(app.reports().map(({ decision }) => decision)).toEqual(["restart", "restart", "restart"]);
  });

  it("is bounded", async () => {
    const { parent } = await family(level, {}, { maxChildren: 2 });
    expect(await parent.ask.openMany(child, 5)).toEqual({
      opened: 2,
      code: "Unavailable",
      message: "app/parent has 2 children, as many as it may (maxChildren): end some, or raise it",
    });
  });

  it("in start() is done before the actor is ready; a start that fails takes its children along", async () => {
    const { parent, app } = await family(level, { early: "one" });
    expect(await parent.ask.ask("early", "say", 1)).toBe(1);
    expect(nodeOf(app, "app/parent/early")).toMatchObject({ state: "running" });
    const made = plan();
    const error = await failure(play({ gate: gateOf(made), parent: reach(level, Parent, { gate, early: "fails" }) }));
    expect(error.message).toContain("after it had spawned");
    await made.noted("stop app/parent/early");
  });

  it("a child that was on its way when its parent died never comes", async () => {
    const { parent, made, app } = await family(level);
    await parent.ask.openAside(child);
    await made.reached("door");
    await failure(parent.ask.fail());
    made.open("door");
    expect(await parent.ask.who()).toBe(2);
    expect(nodeOf(app, "app/parent")).not.toHaveProperty("children");
  });

  it("children may have children, and all end with the eldest", async () => {
    const { parent, made, app } = await family(level);
    const middle = (await parent.ask.open(child, "middle", { of: "Parent" })) as unknown as Ref<Parent>;
    const youngest = await middle.ask.open(child, "youngest");
    expect(youngest.path).toBe("app/parent/middle/youngest");
    expect(await youngest.ask.say(1)).toBe(1);
    await failure(parent.ask.fail());
    expect(await parent.ask.who()).toBe(2);
    expect(made.notes).toContain("stop app/parent/middle/youngest");
    expect(app.ref("parent/middle")).toBeUndefined();
  });

  it("a parent watches its child; over its budget the child is parked, and its parent lives", async () => {
    const { parent, app } = await family(level);
    const budget = { guiltyIntensity: { restarts: 0, within: "60s" } } as const;
    const one = await parent.ask.open(child, "one", {}, budget);
    const heard = parent.ask.hear("one");
    await parent.ask.who();
    await failure(one.ask.fail());
    expect(await heard).toMatchObject({ path: "app/parent/one", incarnation: 1, reason: "died" });
    expect(nodeOf(app, "app/parent/one")).toMatchObject({ state: "quarantined" });
    expect(await parent.ask.who()).toBe(1);
  });

  it("a child that asks for escalation ends its parent's incarnation instead", async () => {
    const { parent, app } = await family(level);
    const budget = { guiltyIntensity: { restarts: 0, within: "60s" }, overBudget: "escalate" } as const;
    const one = await parent.ask.open(child, "one", {}, budget);
    await failure(one.ask.fail());
    await until(() => deaths(app).some(({ path }) => path === "app/parent"), "the parent's end");
    expect(deaths(app).find(({ path }) => path === "app/parent")).toMatchObject({
      cause: { kind: "gave-up" },
      executing: [],
      decision: "restart",
    });
    expect(await parent.ask.who()).toBe(2);
  });

  it("a brutal stop of the parent ends its children by force too", async () => {
    const { parent, made, app } = await family(level, {}, { shutdown: "brutal" });
    await parent.ask.open(child, "one", { stopHeld: "never" });
    await app.stop();
    expect(made.notes.filter((note) => note.startsWith("stop"))).toEqual([]);
  });
});

it.each([{ level: "thread" }, { level: "fork" }] as const)(
  "inline(Class) is refused in a host of its own, $level",
  async ({ level }) => {
    const { parent } = await family(level);
    const error = await failure(parent.ask.open("inline", "one"));
    expect(error.message).toContain(
      "spawn() got inline(Child) in a thread or process, from where a class cannot travel",
    );
  },
);

it("the actor of a key has no children, and says what to do", async () => {
  const made = plan();
  const { refs } = await play({
    gate: gateOf(made),
    parents: keyed(reach("inline", Parent, { gate }), { maxKeys: 10 }),
  });
  const error = await failure(refs.parents.key("a").ask.open("inline", "one"));
  expect(error.message).toContain("app/parents/a: the actor of a key has no children");
});

it("an actor built by hand says that no system is around it", async () => {
  class Lone extends Actor {
    async open(): Promise<unknown> {
      return this.spawn(inline(Child, {}));
    }
  }
  const lone = new Lone();
  const refused = await lone.open().catch((error: unknown) => error);
  expect(isHoldfastError(refused, "Unavailable")).toBe(true);
  expect(isHoldfastError(await lone.watch("app").catch((error: unknown) => error), "Unavailable")).toBe(true);
});

it("a member of a pool may have children too", async () => {
  class Member extends Actor {
    async open(): Promise<string> {
      const child = await this.spawn("one", inline(Child, {}));
      return (await child.ask.say(child.path)) as string;
    }
  }
  const { pool } = await import("holdfast");
  const { refs, app } = await play({ members: pool(inline(Member), { size: 1 }) });
  expect(await refs.members.ask.open()).toBe("app/members/1/one");
  expect(await (app.ref("members/1/one") as Ref<Child>).ask.say(2)).toBe(2);
});

it("props of a child may hold refs, also to its parent's siblings", async () => {
  class Teller extends Actor<{ to: Ref<Gate> }> {
    tell(text: string): void {
      this.props.to.tell.jot(text);
    }
  }
  class Opener extends Actor<{ gate: Ref<Gate> }> {
    async open(): Promise<void> {
      const teller = await this.spawn("teller", inline(Teller, { to: this.props.gate }));
      await teller.ask.tell("through a child");
    }
  }
  const made = plan();
  const { refs } = await play({ gate: gateOf(made), opener: inline(Opener, { gate }) });
  await refs.opener.ask.open();
  await made.noted("through a child");
});
