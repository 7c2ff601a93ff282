import { supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, failure, play, walls } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, ends, node, restarted, times, ways } from "./stage.js";

const names = (children: readonly { name: string; state: string }[]) =>
  children.map(({ name, state }) => `${name} ${state}`);

describe("by hand", () => {
  async function one() {
    const cast = new Cast();
    const scene = await play({ sup: supervisor({}, { c1: cast.child("c1", asOtp) }) });
    return { cast, ...scene };
  }

  it("a child is terminated, restarted, removed and added; the list and the counts say so [child_adm, extra_return, Supervisor: child life cycle]", async () => {
    const { app, cast, refs } = await one();
    const count = (specs: number, active: number) => ({ specs, active, supervisors: 0, workers: specs });
    expect(names(app.children("sup"))).toEqual(["c1 running"]);
    expect(app.count("sup")).toEqual(count(1, 1));

    await app.terminate("sup/c1");
    expect(cast.notes).toEqual(["start c1", "stop c1"]);
    expect(names(app.children("sup"))).toEqual(["c1 stopped"]);
    expect(app.count("sup")).toEqual(count(1, 0));
    // Once more is no error.
    await app.terminate("sup/c1");

    const built = await app.restart("sup/c1").then(() => refs.sup.c1.ask.built());
    expect(names(app.children("sup"))).toEqual(["c1 running"]);
    expect(app.count("sup")).toEqual(count(1, 1));

    await app.terminate("sup/c1");
    await app.remove("sup/c1");
    expect(app.children("sup")).toEqual([]);
    expect(app.count("sup")).toEqual(count(0, 0));

    const again = await app.add("sup", "c1", cast.child("c1", asOtp));
    expect(names(app.children("sup"))).toEqual(["c1 running"]);
    expect(app.count("sup")).toEqual(count(1, 1));
    expect(built).toBeGreaterThan(1);

    // What was added is supervised like any other.
    await again.ask.die();
    await restarted(app, "sup/c1", 1);
    expect(await again.ask.say("back")).toBe("back");
  });

  it("a name that is taken is refused, running or not, and nothing is started [child_adm, do_not_save_child_specs_for_temporary_children]", async () => {
    const { app, cast } = await one();
    const taken = () => failure(app.add("sup", "c1", cast.child("c1")));
    expect(await taken()).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining('"c1"') });
    await app.terminate("sup/c1");
    expect(await taken()).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining('"c1"') });
    expect(cast.begun("c1")).toBe(1);
  });

  it("what is not there cannot be added to, terminated, restarted, removed or listed [child_adm, extra_return]", async () => {
    const { app, cast } = await one();
    const missing = { code: "InvalidSpec", message: expect.stringContaining("hej") };
    expect(await failure(app.terminate("sup/hej"))).toMatchObject(missing);
    expect(await failure(app.restart("sup/hej"))).toMatchObject(missing);
    expect(await failure(app.remove("sup/hej"))).toMatchObject(missing);
    expect(await failure(app.add("hej", "c2", cast.child("c2")))).toMatchObject(missing);
    expect(() => app.children("hej")).toThrow(/hej/);
    expect(() => app.count("hej")).toThrow(/hej/);
    expect(app.child("sup/hej")).toBeUndefined();
    expect(names(app.children("sup"))).toEqual(["c1 running"]);
  });

  it("removing a running child stops it first; restarting it replaces it [child_adm, Supervisor: child life cycle]", async () => {
    const { app, cast, refs } = await one();
    const before = await refs.sup.c1.ask.built();
    await app.restart("sup/c1");
    expect(await refs.sup.c1.ask.built()).toBeGreaterThan(before);
    await app.remove("sup/c1");
    expect(app.children("sup")).toEqual([]);
    expect(cast.notes).toEqual(["start c1", "stop c1", "start c1", "stop c1"]);
    expect(await failure(refs.sup.c1.ask.say(1))).toMatchObject({ code: "ActorStopped" });
  });

  it("any child spec can be added, a supervisor too; what is none is refused [Supervisor: start_child/2: supports new child spec, Supervisor: start_child/2: with invalid child spec, child_specs]", async () => {
    const { app, cast } = await one();
    await app.add("sup", "below", supervisor({}, { a: cast.child("a") }));
    expect(app.child("sup/below")).toMatchObject({ kind: "supervisor", state: "running" });
    expect(app.count("sup")).toEqual({ specs: 2, active: 2, supervisors: 1, workers: 1 });
    const none = {} as ReturnType<Cast["child"]>;
    expect(await failure(app.add("sup", "none", none))).toMatchObject({ code: "InvalidSpec" });
    const bad = cast.child("bad", { shutdown: -1 });
    const error = await failure(app.add("sup", "bad", bad));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/sup/bad.shutdown" } });
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c1", "below"]);
  });

  it.each([[0], [1]])(
    "a shutdown time of %i ms is enough for a child that does not dawdle [Supervisor: start_child/2: with valid child spec]",
    async (shutdown) => {
      const { app, cast } = await one();
      await app.add("sup", "c2", cast.child("c2", { shutdown }));
      await app.terminate("sup/c2");
      expect(app.child("sup/c2")!.state).toBe("stopped");
    },
  );

  it.each(walls)(
    "so it is with a child in a host of its own, which comes and goes with it: $level [child_adm]",
    async ({ level }) => {
      const { app } = await one();
      const hand = await app.add("sup", "hand", at(level, Hand));
      const host = node(app, "sup/hand")!.host;
      expect(await hand.ask.say("up")).toBe("up");
      await app.terminate("sup/hand");
      expect(node(app, "sup/hand")).toMatchObject({ state: "stopped" });
      expect(node(app, "sup/hand")!.host).toBeUndefined();
      expect(await failure(hand.ask.say("down"))).toMatchObject({ code: "ActorStopped" });
      await app.restart("sup/hand");
      expect(node(app, "sup/hand")!.host).not.toBe(host);
      expect(await hand.ask.say("up again")).toBe("up again");
      await app.remove("sup/hand");
      expect(app.child("sup/hand")).toBeUndefined();
    },
  );
});

describe("a child that cannot start", () => {
  it("when it is added: the caller hears why, and nothing is left [sup_start_child_returns_error]", async () => {
    const cast = new Cast();
    const { app } = await play({});
    cast.breaks("c1", "reason");
    const error = await failure(app.add("", "c1", cast.child("c1")));
    expect(error).toMatchObject({ code: "StartFailed", message: expect.stringContaining("reason") });
    expect(app.children("")).toEqual([]);
    cast.mended("c1");
    await app.add("", "c1", cast.child("c1"));
    expect(names(app.children(""))).toEqual(["c1 running"]);
  });

  it("when it is restarted by hand: it stays listed, and is tried again [sup_start_restart_child_returns_error]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ c1: cast.child("c1") });
    await app.terminate("c1");
    cast.breaks("c1", "function clause");
    const restarting = app.restart("c1");
    restarting.catch(() => {});
    await until(() => node(app, "c1")!.state === "waiting", "the first try to have failed");
    expect(app.child("c1")).toMatchObject({ state: "waiting", reason: expect.stringContaining("function clause") });
    cast.mended("c1");
    await restarting;
    expect(await refs.c1.ask.say(1)).toBe(1);
  });

  it("when it is restarted by hand, and is over its budget: the caller hears why [sup_start_restart_child_returns_error]", async () => {
    const cast = new Cast();
    const { app } = await play({ c1: cast.child("c1", { intensity: times(0, 60), overBudget: "quarantine" }) });
    await app.terminate("c1");
    cast.breaks("c1", "function clause");
    const error = await failure(app.restart("c1"));
    expect(error.message).toContain("function clause");
    expect(app.child("c1")).toMatchObject({ state: "quarantined", reason: expect.stringContaining("function clause") });
    expect(app.count("")).toEqual({ specs: 1, active: 0, supervisors: 0, workers: 1 });
  });
});

describe("the name of a child that has ended", () => {
  const strategies = ["all-for-one", "one-for-one", "rest-for-one"] as const;

  it.each(strategies.flatMap((strategy) => (["by hand", ...ways] as const).map((how) => [strategy, how] as const)))(
    "is free again for a temporary one, and for no other: %s, %s [do_not_save_child_specs_for_temporary_children]",
    async (strategy, how) => {
      const cast = new Cast();
      const intensity = times(2, 3600);
      const { app } = await play({}, { strategy, intensity });
      for (const restart of ["permanent", "transient", "temporary"] as const) {
        const spec = () => cast.child(restart, { ...asOtp, restart });
        await app.add("", restart, spec());
        await (how === "by hand" ? app.terminate(restart) : ends(app, restart, how));
        if (restart === "temporary") {
          await until(() => app.child(restart) === undefined, "it to be forgotten");
          await app.add("", restart, spec());
          continue;
        }
        const staysDown = how === "by hand" || (how === "leaves" && restart === "transient");
        if (staysDown) await until(() => node(app, restart)!.state === "stopped", "it to be down");
        else await until(() => node(app, restart)!.restarts === 1, "its restart");
        expect(await failure(app.add("", restart, spec()))).toMatchObject({ code: "InvalidSpec" });
        if (staysDown) await app.restart(restart);
        await until(() => node(app, restart)!.state === "running", "it to run");
      }
    },
  );
});
