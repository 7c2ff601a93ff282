import { dynamic, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, held, node } from "./stage.js";

describe("listing and looking up", () => {
  it("a child is found by its path as long as it is known, down too; who is not known is not found [which_children]", async () => {
    const cast = new Cast();
    const { app } = await play({ sup: supervisor({}, {}) });
    const list = () => app.children("sup").map(({ name, state, kind }) => `${name} ${state} ${kind}`);
    const found = (name: string) => app.child(`sup/${name}`)?.state;
    expect(list()).toEqual([]);
    expect(found("x")).toBeUndefined();
    await app.add("sup", "c1", cast.child("c1"));
    await app.add("sup", "c2", cast.child("c2"));
    expect(list()).toEqual(["c1 running actor", "c2 running actor"]);
    expect([found("c1"), found("c2"), found("x")]).toEqual(["running", "running", undefined]);
    await app.terminate("sup/c1");
    expect(list()).toEqual(["c1 stopped actor", "c2 running actor"]);
    expect(found("c1")).toBe("stopped");
    await app.remove("sup/c1");
    expect(list()).toEqual(["c2 running actor"]);
    expect([found("c1"), found("c2")]).toEqual([undefined, "running"]);
  });

  it("so are dynamic children, which leave the list when they are ended by hand [which_children_simple_one_for_one]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ sup: dynamic(cast.child("any", { restart: "temporary" })) });
    expect(app.children("sup")).toEqual([]);
    expect(refs.sup.child("c1")).toBeUndefined();
    await refs.sup.spawn("c1", cast.role("c1"));
    await refs.sup.spawn("c2", cast.role("c2"));
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c1", "c2"]);
    expect(await refs.sup.child("c1")!.ask.say("found")).toBe("found");
    expect(app.child("sup/c2")).toMatchObject({ name: "c2", path: "app/sup/c2", state: "running" });
    await app.terminate("sup/c1");
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c2"]);
    expect([refs.sup.child("c1"), app.child("sup/c1")]).toEqual([undefined, undefined]);
  });

  it("every dynamic child has the rules of the template [sup_start_map_simple]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ sup: dynamic(cast.child("any", { restart: "temporary" })) });
    for (const name of ["c1", "c2", "c3"]) await refs.sup.spawn(name, cast.role(name));
    const rules = { kind: "actor", restart: "temporary", significant: false, state: "running" };
    expect(app.children("sup")).toMatchObject([rules, rules, rules]);
    expect(app.child("sup/nobody")).toBeUndefined();
  });
});

describe("counting", () => {
  it("two thousand dynamic children, and none when all were killed [count_children]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ sup: dynamic(cast.child("any", { restart: "temporary" })) });
    const spawn = (from: number) =>
      Promise.all(Array.from({ length: 1000 }, (_, n) => refs.sup.spawn(`c${from + n}`, cast.role(`c${from + n}`))));
    await spawn(0);
    expect(app.count("sup")).toMatchObject({ active: 1000, supervisors: 0, workers: 1000 });
    expect(app.children("sup").length).toBe(1000);
    await spawn(1000);
    expect(app.count("sup")).toMatchObject({ active: 2000, supervisors: 0, workers: 2000 });
    expect(app.children("sup").length).toBe(2000);
    for (const { path } of app.children("sup")) app.kill(path);
    await until(() => app.count("sup").workers === 0, "all to be gone");
    expect(app.count("sup")).toMatchObject({ active: 0, supervisors: 0, workers: 0 });
  });

  it("dynamic children that are supervisors count as such [count_children_supervisor]", async () => {
    const cast = new Cast();
    const { app } = await play({ sup: dynamic() });
    const below = supervisor({ child: { restart: "temporary" } }, { only: cast.child("only", asOtp) });
    await Promise.all(Array.from({ length: 200 }, (_, n) => app.add("sup", `s${n}`, below)));
    expect(app.count("sup")).toMatchObject({ active: 200, supervisors: 200, workers: 0 });
    expect(app.count("sup/s7")).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
    await Promise.all(app.children("sup").map(({ path }) => app.remove(path)));
    expect(app.count("sup")).toMatchObject({ active: 0, supervisors: 0, workers: 0 });
  });

  it("who waits for its next try is a worker that is not active [count_restarting_children]", async () => {
    const cast = new Cast();
    const backoff = { initial: "1h", max: "1h" } as const;
    const { app, refs } = await play({ sup: dynamic(cast.child("any", { ...asOtp, backoff })) });
    const spawned = [];
    for (const name of ["c1", "c2", "c3"]) spawned.push(await refs.sup.spawn(name, cast.role(name)));
    expect(app.count("sup")).toMatchObject({ active: 3, workers: 3 });
    cast.breaks("c1");
    cast.breaks("c2");
    await spawned[0]!.ask.die();
    await spawned[1]!.ask.die();
    const waiting = () => app.children("sup").filter(({ state }) => state === "waiting").length;
    await until(() => waiting() === 2, "two to wait for their next try");
    expect(app.count("sup")).toMatchObject({ active: 1, workers: 3 });
    cast.mended("c1");
    cast.mended("c2");
    await Promise.all([app.restart("sup/c1"), app.restart("sup/c2")]);
    expect(app.count("sup")).toMatchObject({ active: 3, workers: 3 });
    for (const [n, name] of ["c3", "c1", "c2"].entries()) {
      await refs.sup.remove(name);
      expect(app.count("sup")).toMatchObject({ active: 2 - n, workers: 2 - n });
    }
  });

  it("so is one that is on its way up: it is there, if not yet of use [count_restarting_children]", async () => {
    const cast = new Cast();
    const slow = held();
    const { app } = await play({});
    cast.plan("c1", { held: slow.promise });
    const adding = app.add("", "c1", cast.child("c1"));
    await until(() => node(app, "c1")?.state === "starting", "it to be on its way");
    expect(app.count("")).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
    slow.letGo();
    await adding;
  });
});
