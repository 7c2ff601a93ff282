import { type ChildOptions, dynamic, inline, type SupervisorOptions, supervisor, system } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, type Child, ends, node, restarted, times, ways } from "./stage.js";

const outside = <T>(value: unknown) => value as T;

async function stage(options: ChildOptions = {}, of: Parameters<typeof dynamic>[1] = {}) {
  const cast = new Cast();
  const { app, refs } = await play({ sup: dynamic(cast.child("any", { ...asOtp, ...options }), of) });
  const spawn = (name: string) => refs.sup.spawn(name, cast.role(name));
  const active = () => app.count("sup").active;
  return { cast, app, sup: refs.sup, spawn, active };
}

describe("a dynamic supervisor in the tree", () => {
  it("is a child like any other, without children at first [can be supervised directly]", async () => {
    const { app } = await stage();
    expect(app.children("sup")).toEqual([]);
    expect(node(app, "sup")!.state).toBe("running");
  });

  it("stands beside others, each by its name; a name that is taken is refused [multiple supervisors can be supervised and identified with simple child spec]", async () => {
    const cast = new Cast();
    const { app } = await play({ one: dynamic(cast.child("any")), two: dynamic(cast.child("any")) });
    await app.add("", "three", dynamic(cast.child("any")));
    for (const name of ["one", "two", "three"]) expect(app.children(name)).toEqual([]);
    expect(await failure(app.add("", "three", dynamic(cast.child("any"))))).toMatchObject({ code: "InvalidSpec" });
  });

  it.each([
    ["strategy", "unknown", { strategy: "unknown" }],
    ["intensity.restarts", "-1", { intensity: { restarts: -1, within: "5s" } }],
    ["intensity.within", "0", { intensity: { restarts: 3, within: 0 } }],
    ["maxChildren", "-1", { maxChildren: -1 }],
  ])("with an impossible %s is refused [start_link/3: with non-ok init]", async (field, value, options) => {
    const spec = dynamic(new Cast().child("any"), outside<SupervisorOptions>(options));
    const error = await failure(system(supervisor({}, { sup: spec })));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain(field.split(".")[0]);
    if (field !== "strategy") expect(error.message).toContain(value);
  });
});

describe("a dynamic child", () => {
  it("is started from the template, with its own props [start_child/2: supports new child spec, start_child/2: supports extra arguments]", async () => {
    const { spawn, cast } = await stage();
    const c1 = await spawn("c1");
    expect(await c1.ask.say("up")).toBe("up");
    expect(cast.notes).toEqual(["start c1"]);
  });

  it("gets the same props again when it is restarted [start_child/2: restarting a child with extra_arguments successfully restarts child]", async () => {
    const { spawn, cast, app, active } = await stage({ restart: "transient" });
    await (await spawn("c1")).ask.die();
    await restarted(app, "sup/c1", 1);
    expect(cast.notes).toEqual(["start c1", "start c1"]);
    expect(active()).toBe(1);
  });

  it("that cannot start leaves nothing behind, and its caller hears why [sup_start_child_returns_error_simple, start_child/2: with different returns, start_child/2: with throw/error/exit]", async () => {
    const { spawn, cast, app, sup } = await stage();
    cast.breaks("c1", "oops");
    const why = { code: "StartFailed", message: expect.stringContaining("oops") };
    expect(await failure(spawn("c1"))).toMatchObject(why);
    expect(app.children("sup")).toEqual([]);
    expect(sup.child("c1")).toBeUndefined();
    cast.mended("c1");
    cast.plan("c1", "ignores");
    await spawn("c1");
    expect(app.children("sup")).toEqual([]);
    await spawn("c1");
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c1"]);
    expect(node(app, "sup")).toMatchObject({ state: "running", restarts: 0 });
  });

  it.each([
    ["shutdown", -1],
    ["restart", "prmanent"],
    ["significant", true],
  ])(
    "of a template with an impossible %s is refused [start_child/2: with invalid child spec, start_child/2: with invalid valid shutdown]",
    async (field, value) => {
      const template = new Cast().child("any", outside<ChildOptions>({ restart: "transient", [field]: value }));
      const made = play({ sup: dynamic(template) }).then(({ refs }) => refs.sup.spawn("c1"));
      const error = await failure(made);
      expect(error).toMatchObject({ code: "InvalidSpec" });
      expect(error.message).toContain(field);
    },
  );

  it("of no class is refused where it is written [start_child/2: with invalid child spec]", () => {
    expect(() => dynamic(outside<ReturnType<Cast["child"]>>({ id: "x" }))).toThrow(/dynamic\(\)/);
    expect(() => inline(outside<typeof Child>(2), { name: "a", cast: 0 })).toThrow(/inline\(\) got 2/);
  });

  it.each([[0], [1]])("may have %i ms to stop [start_child/2: with valid shutdown]", async (shutdown) => {
    const { spawn, app, sup } = await stage({ shutdown });
    await spawn("c1");
    await sup.remove("c1");
    expect(app.children("sup")).toEqual([]);
  });
});

describe("maxChildren", () => {
  it("refuses one child more [start_child/2: with max_children]", async () => {
    const { spawn, app } = await stage({}, { maxChildren: 1 });
    await spawn("c1");
    const error = await failure(spawn("c2"));
    expect(error).toMatchObject({
      code: "Unavailable",
      retryable: true,
      message: expect.stringContaining("maxChildren"),
    });
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c1"]);
  });

  it("counts who waits for its next try [start_child/2: restarting on init children counted in max_children]", async () => {
    const { spawn, app, cast, active } = await stage({ backoff: { initial: "1h", max: "1h" } }, { maxChildren: 1 });
    const c1 = await spawn("c1");
    cast.breaks("c1");
    await c1.ask.die();
    await until(() => node(app, "sup/c1")!.state === "waiting", "it to wait");
    expect(active()).toBe(0);
    expect((await failure(spawn("c2"))).message).toContain("maxChildren");
  });

  it("counts who was restarted once, and nobody who has left [start_child/2: restarting on exit children counted in max_children]", async () => {
    const { spawn, app, sup, active } = await stage({}, { maxChildren: 1 });
    await (await spawn("c1")).ask.die();
    await restarted(app, "sup/c1", 1);
    expect(active()).toBe(1);
    expect((await failure(spawn("c2"))).message).toContain("maxChildren");
    await sup.remove("c1");
    await spawn("c2");
    expect(active()).toBe(1);
  });
});

describe("restarting dynamic children", () => {
  it("leaves the siblings alone; one death too many ends the supervisor, and that is no clean end [simple_one_for_one]", async () => {
    const { spawn, app, cast, active } = await stage(
      {},
      { intensity: times(2, 3600), child: { restart: "transient", ...asOtp } },
    );
    const c1 = await spawn("c1");
    const c2 = await spawn("c2");
    const before = await c2.ask.built();
    await c1.ask.die();
    await restarted(app, "sup/c1", 1);
    expect(await c2.ask.built()).toBe(before);
    expect(active()).toBe(2);
    await c2.ask.die();
    await restarted(app, "sup/c2", 1);
    await c1.ask.die();
    // The supervisor is transient: had it ended cleanly nobody would start it again.
    await restarted(app, "sup", 1);
    expect(app.children("sup")).toEqual([]);
    expect(cast.notes.at(-1)).toBe("stop c2");
  });

  it("that fails uses the budget up, and all end [simple_one_for_one_escalation]", async () => {
    const { spawn, app, cast } = await stage({}, { intensity: times(4, 3600), child: asOtp });
    const c1 = await spawn("c1");
    await spawn("c2");
    cast.breaks("c1");
    await c1.ask.die();
    await restarted(app, "sup", 1);
    expect(cast.begun("c1")).toBe(1 + 4);
    expect(cast.notes.at(-1)).toBe("stop c2");
  });

  it.each([[1], [10]])(
    "that goes on failing is over a budget of %i, and the end is gave-up [start_child/2: child triggers maximum restarts, start_child/2: child triggers maximum intensity when trying again]",
    async (restarts) => {
      const { spawn, app, cast } = await stage(
        {},
        { intensity: times(restarts, 3600), child: { ...asOtp, restart: "temporary" } },
      );
      const c1 = await spawn("c1");
      cast.breaks("c1");
      await c1.ask.die();
      await until(() => node(app, "sup") === undefined, "the supervisor to end");
      expect(cast.begun("c1")).toBe(1 + restarts);
      const end = app.reports().find(({ path }) => path === "app/sup");
      expect(end).toMatchObject({ cause: { kind: "gave-up" }, decision: "stop" });
    },
  );

  it.each(ways.map((how) => [how] as const))(
    "never happens to a temporary one, which %s [start_child/2: temporary child is not restarted regardless of reason]",
    async (how) => {
      const { spawn, app, cast } = await stage({ restart: "temporary" });
      const c1 = await spawn("c1");
      await ends(app, "sup/c1", how);
      await until(() => app.children("sup").length === 0, "it to be forgotten");
      expect(await failure(c1.ask.say(1))).toMatchObject({ code: "ActorStopped" });
      expect(cast.begun("c1")).toBe(1);
      expect(node(app, "sup")!.restarts).toBe(0);
    },
  );

  it("happens to a transient one unless its end was clean [start_child/2: transient child is restarted unless normal/shutdown/{shutdown, _}]", async () => {
    const { spawn, app, cast } = await stage({ restart: "transient" });
    const c1 = await spawn("c1");
    for (const [n, how] of (["dies", "is killed"] as const).entries()) {
      await ends(app, "sup/c1", how);
      await restarted(app, "sup/c1", n + 1);
    }
    await c1.ask.leave();
    await until(() => app.children("sup").length === 0, "it to be forgotten");
    expect(await failure(c1.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    expect(cast.begun("c1")).toBe(3);
  });

  it("happens to a permanent one whatever its end was [start_child/2: permanent child is restarted regardless of reason]", async () => {
    const { spawn, app, cast, active } = await stage({}, { intensity: times(100_000, 5) });
    const c1 = await spawn("c1");
    for (const [n, how] of ways.entries()) {
      await ends(app, "sup/c1", how);
      await restarted(app, "sup/c1", n + 1);
    }
    expect(await c1.ask.say("back")).toBe("back");
    expect([active(), cast.begun("c1")]).toEqual([1, 4]);
  });

  it("may come up, be ignored or fail, each child for itself [start_child/2: child is restarted with different values]", async () => {
    const { spawn, app, cast, active } = await stage(
      { backoff: { initial: "1h", max: "1h" } },
      { intensity: times(100_000, 5) },
    );
    cast.plan("up", "comes up", "comes up");
    cast.plan("ignored", "comes up", "ignores");
    cast.plan("failed", "comes up", { fails: "not now" });
    for (const name of ["up", "ignored", "failed"]) await (await spawn(name)).ask.die();
    await until(() => node(app, "sup/failed")!.state === "waiting", "the failed one to wait");
    await restarted(app, "sup/up", 1);
    expect(app.children("sup").map(({ name, state }) => `${name} ${state}`)).toEqual(["up running", "failed waiting"]);
    expect(app.count("sup")).toMatchObject({ active: 1, workers: 2 });
    expect(active()).toBe(1);
  });

  it("is tried again after it failed [start_child/2: child is restarted when trying again]", async () => {
    const { spawn, app, cast } = await stage({}, { intensity: times(2, 5) });
    cast.plan("c1", "comes up", { fails: "try again" });
    await (await spawn("c1")).ask.die();
    await restarted(app, "sup/c1", 2);
    expect(cast.begun("c1")).toBe(3);
  });
});
