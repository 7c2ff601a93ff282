import { dynamic } from "holdfast";
import { describe, expect, it } from "vitest";
import { play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { given } from "../unit/supervision/scripted.js";
import { asOtp, Cast, restarted } from "./stage.js";

describe("a child whose start answers ignore", () => {
  it("is listed and counted, without anything running, and the next one starts [sup_start_ignore_child]", async () => {
    const cast = new Cast();
    const { app } = await play({});
    cast.plan("c1", "ignores");
    await app.add("", "c1", cast.child("c1"));
    const c2 = await app.add("", "c2", cast.child("c2"));
    expect(app.children("").map(({ name, state }) => [name, state])).toEqual([
      ["c1", "stopped"],
      ["c2", "running"],
    ]);
    expect(app.count("")).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 });
    expect(await c2.ask.say("here")).toBe("here");
    // By hand it is asked again.
    await app.restart("c1");
    expect(app.child("c1")!.state).toBe("running");
  });

  it("is not kept when it is temporary, in the tree [sup_start_ignore_temporary_child]", async () => {
    const cast = new Cast();
    cast.plan("c1", "ignores");
    const temporary = { restart: "temporary" } as const;
    const { app } = await play({ c1: cast.child("c1", temporary), c2: cast.child("c2", temporary) });
    expect(app.children("").map(({ name }) => name)).toEqual(["c2"]);
    expect(app.count("")).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
  });

  it("is not kept when it is temporary and added later [sup_start_ignore_temporary_child_start_child]", async () => {
    const cast = new Cast();
    const { app } = await play({});
    cast.plan("c1", "ignores");
    await app.add("", "c1", cast.child("c1", { restart: "temporary" }));
    await app.add("", "c2", cast.child("c2", { restart: "temporary" }));
    expect(app.children("").map(({ name }) => name)).toEqual(["c2"]);
    expect(app.count("")).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
  });

  it.each([["temporary"], ["permanent"]] as const)(
    "is not kept by a dynamic supervisor, which then stops cleanly: %s [sup_start_ignore_temporary_child_start_child_simple, sup_start_ignore_permanent_child_start_child_simple]",
    async (restart) => {
      const cast = new Cast();
      const { app, refs } = await play({ sup: dynamic(cast.child("any", { restart })) });
      cast.plan("c1", "ignores");
      await refs.sup.spawn("c1", cast.role("c1"));
      await refs.sup.spawn("c2", cast.role("c2"));
      expect(app.children("sup").map(({ name }) => name)).toEqual(["c2"]);
      expect(app.count("sup")).toMatchObject({ active: 1, supervisors: 0, workers: 1 });
      await app.stop();
      expect(await app.ended).toBeUndefined();
      expect(cast.notes).toEqual(["start c2", "stop c2"]);
    },
  );
});

describe("a dynamic child whose restart answers ignore", () => {
  it.each([["transient"], ["permanent"]] as const)(
    "is not kept: %s [simple_one_for_one_restart_ignore]",
    async (restart) => {
      const cast = new Cast();
      const { app, refs } = await play({ sup: dynamic(cast.child("any", { ...asOtp, restart })) });
      cast.plan("c1", "comes up", "comes up", "ignores");
      const c1 = await refs.sup.spawn("c1", cast.role("c1"));
      await c1.ask.die();
      await restarted(app, "sup/c1", 1);
      await c1.ask.die();
      await until(() => app.children("sup").length === 0, "the child to be forgotten");
      expect(cast.begun("c1")).toBe(3);
      await app.stop();
      expect(await app.ended).toBeUndefined();
    },
  );

  it("nor is it charged: the decision [simple_one_for_one_restart_ignore]", () => {
    const app = given({ order: "none", intensity: { restarts: 1, within: "1h" } }, {}).up();
    app.add("a", {}, "forget");
    app.ready("a");
    expect(app.died("a")).toEqual(["start a"]);
    expect(app.ignored("a")).toEqual(["forget a"]);
  });
});
