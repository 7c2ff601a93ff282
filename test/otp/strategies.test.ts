import { supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, node, restarted, times } from "./stage.js";

type Strategy = "one-for-one" | "all-for-one" | "rest-for-one";

async function three(strategy: Strategy, restarts = 2) {
  const cast = new Cast();
  const scene = await play(
    { a: cast.child("a", asOtp), b: cast.child("b", asOtp), c: cast.child("c", asOtp) },
    { strategy, intensity: times(restarts, 3600) },
  );
  return { cast, ...scene, from: cast.notes.length };
}

describe("one child dies", () => {
  it("under one-for-one its siblings are left alone [one_for_one]", async () => {
    const { app, refs, cast, from } = await three("one-for-one");
    const before = await Promise.all([refs.a.ask.built(), refs.c.ask.built()]);
    await refs.b.ask.die();
    await restarted(app, "b", 1);
    expect(cast.since(from)).toEqual(["start b"]);
    expect(await Promise.all([refs.a.ask.built(), refs.c.ask.built()])).toEqual(before);
    expect(app.tree().children!.map(({ state }) => state)).toEqual(["running", "running", "running"]);
  });

  it("under all-for-one all are replaced [one_for_all]", async () => {
    const { app, cast, from } = await three("all-for-one");
    await app.refs.b!.ask.die();
    await restarted(app, "c", 1);
    expect(cast.since(from)).toEqual(["stop c", "stop a", "start a", "start b", "start c"]);
  });

  it("under rest-for-one it and those after it are replaced, the ones before it are not [rest_for_one]", async () => {
    const { app, refs, cast, from } = await three("rest-for-one");
    const before = await refs.a.ask.built();
    await refs.b.ask.die();
    await restarted(app, "c", 1);
    expect(cast.since(from)).toEqual(["stop c", "start b", "start c"]);
    expect(await refs.a.ask.built()).toBe(before);
  });
});

describe("one death more than the supervisor's intensity ends it, and every child with it", () => {
  it.each([
    ["one-for-one", ["a", "b", "a"]],
    ["all-for-one", ["a", "c", "a"]],
    ["rest-for-one", ["b", "c", "b"]],
  ] as const)("whichever children die: %s, %j [one_for_one, one_for_all, rest_for_one]", async (strategy, dying) => {
    const { app, refs, cast } = await three(strategy);
    for (const [n, name] of dying.entries()) {
      await until(() => app.tree().children!.every(({ state }) => state === "running"), "all to run");
      await refs[name].ask.die();
      if (n < 2) await until(() => app.reports().length === n + 1, `death ${n + 1}`);
    }
    expect(await app.ended).toMatchObject({ code: "GaveUp" });
    const ended = dying.at(-1);
    const others = ["c", "b", "a"].filter((name) => name !== ended);
    expect(cast.notes.slice(-2)).toEqual(others.map((name) => `stop ${name}`));
    expect(await failure(refs.a.ask.say(1))).toMatchObject({ code: "GaveUp" });
  });
});

describe("a child that cannot be restarted", () => {
  it.each([
    ["one-for-one", ["stop c", "stop a"]],
    ["all-for-one", ["stop c", "stop a", "start a", "stop a"]],
    ["rest-for-one", ["stop c", "stop a"]],
  ] as const)(
    "uses the budget up, and all end: %s [one_for_one_escalation, one_for_all_escalation, rest_for_one_escalation]",
    async (strategy, expected) => {
      const { app, refs, cast, from } = await three(strategy, 4);
      cast.breaks("b");
      await refs.b.ask.die();
      expect(await app.ended).toMatchObject({ code: "GaveUp", message: expect.stringContaining("b cannot start") });
      // The death and four failed tries are five, one more than the four allowed.
      expect(cast.begun("b")).toBe(1 + 4);
      expect(cast.since(from)).toEqual(expected);
      expect(app.tree().state).toBe("stopped");
    },
  );
});

describe("in a group restart a later child fails to start", () => {
  it("under all-for-one those restarted before it stay up while it is tried again [one_for_all_other_child_fails_restart]", async () => {
    const { app, refs, cast, from } = await three("all-for-one", 3);
    cast.plan("b", { fails: "not now" });
    await refs.a.ask.die();
    await restarted(app, "c", 1);
    expect(cast.since(from)).toEqual(["stop c", "stop b", "start a", "start b", "start c"]);
    expect(node(app, "b")!.restarts).toBe(2);
    expect(node(app, "a")!.restarts).toBe(1);
  });

  it("under rest-for-one it is tried again and those before it stay up [rest_for_one_other_child_fails_restart]", async () => {
    const { app, refs, cast, from } = await three("rest-for-one", 3);
    cast.plan("b", { fails: "not now" });
    await refs.a.ask.die();
    await restarted(app, "c", 1);
    expect(cast.since(from)).toEqual(["stop c", "stop b", "start a", "start b", "start c"]);
    expect(node(app, "a")!.restarts).toBe(1);
  });
});

describe("a nested supervisor", () => {
  it("restarts its own, and nobody above or beside it hears of it [tree]", async () => {
    const cast = new Cast();
    const below = (name: string) =>
      supervisor(
        { intensity: times(4, 3600) },
        { a: cast.child(`${name}/a`, asOtp), b: cast.child(`${name}/b`, asOtp) },
      );
    const { app, refs } = await play({ left: below("left"), right: below("right") }, { strategy: "all-for-one" });
    const from = cast.notes.length;
    await refs.left.b.ask.die();
    await restarted(app, "left/b", 1);
    expect(cast.since(from)).toEqual(["start left/b"]);
    expect(node(app, "left")!.restarts).toBe(0);
  });

  it("that gives up is restarted by the one above, after its strategy, with the children of its spec [tree]", async () => {
    const cast = new Cast();
    const below = (name: string) =>
      supervisor({ intensity: times(0, 3600), child: asOtp }, { a: cast.child(`${name}/a`, asOtp) });
    const { app, refs } = await play({ left: below("left"), right: below("right") }, { strategy: "all-for-one" });
    const from = cast.notes.length;
    await refs.right.a.ask.die();
    await restarted(app, "right/a", 1);
    expect(cast.since(from)).toEqual(["stop left/a", "start left/a", "start right/a"]);
    expect([node(app, "left")!.restarts, node(app, "right")!.restarts]).toEqual([1, 1]);
  });

  it("comes back with the children of its spec and those added later, without the one that was removed [tree]", async () => {
    const cast = new Cast();
    const spec = { a: cast.child("a", asOtp), b: cast.child("b", asOtp), t: cast.child("t", { restart: "temporary" }) };
    const sup = supervisor({ intensity: times(0, 3600), child: asOtp }, spec);
    const { app, refs } = await play({ sup });
    const added = await app.add("sup", "added", cast.child("added", asOtp));
    await app.remove("sup/b");
    await refs.sup.t.ask.die();
    await until(() => node(app, "sup/t") === undefined, "the temporary child to be forgotten");
    await refs.sup.a.ask.die();
    await restarted(app, "sup/added", 1);
    expect(app.children("sup").map(({ name, state }) => `${name} ${state}`)).toEqual([
      "a running",
      "t running",
      "added running",
    ]);
    expect(await added.ask.say("the same ref")).toBe("the same ref");
    expect(await refs.sup.t.ask.say("the same ref")).toBe("the same ref");
  });
});

describe("a child that was stopped by hand", () => {
  it.each([["all-for-one"], ["rest-for-one"]] as const)(
    "stays down when its siblings are restarted: %s [tree]",
    async (strategy) => {
      const { app, refs, cast, from } = await three(strategy);
      await app.terminate("b");
      await refs.a.ask.die();
      await restarted(app, "c", 1);
      expect(cast.since(from)).toEqual(["stop b", "stop c", "start a", "start c"]);
      expect(node(app, "b")!.state).toBe("stopped");
      await app.restart("b");
      expect(await refs.b.ask.say(1)).toBe(1);
    },
  );
});
