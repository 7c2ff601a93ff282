import { type ChildOptions, dynamic } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { Cast, held, node, settled } from "./stage.js";

/** Three children of one template, on a clock that the test moves. */
async function three(options: ChildOptions = {}) {
  const cast = new Cast();
  const clock = new VirtualClock();
  const { app, refs } = await play({ sup: dynamic(cast.child("any", options)) }, {}, { clock });
  const names = ["c1", "c2", "c3"] as const;
  const children = [];
  for (const name of names) children.push(await refs.sup.spawn(name, cast.role(name)));
  const stopped = () => cast.notes.filter((note) => note.startsWith("stop")).toSorted();
  return { cast, clock, app, sup: refs.sup, children, stopped, stop: () => app.stop({ drain: 0 }) };
}

const all = ["stop c1", "stop c2", "stop c3"];

describe("a dynamic supervisor that stops", () => {
  it("stops all children at once, each within its own time [simple_one_for_one_shutdown]", async () => {
    const { cast, clock, stop, stopped } = await three({ shutdown: "2s" });
    for (const name of ["c1", "c2"]) {
      cast.slowStop(name, new Promise((resolve) => clock.after(1000, resolve)));
    }
    cast.slowStop("c3", new Promise((resolve) => clock.after(5000, resolve)));
    const stopping = stop();
    await clock.advance(1000);
    expect(stopped()).toEqual(["stop c1", "stop c2"]);
    await clock.advance(999);
    expect(await settled(stopping)).toBe(false);
    await clock.advance(1);
    await stopping;
    expect(stopped()).toEqual(["stop c1", "stop c2"]);
  });

  it("kills who is not done in time; the others end cleanly [sup_stop_timeout_dynamic, terminate/2: terminates children with expired integer shutdown]", async () => {
    const { children, clock, app, stop, stopped } = await three({ shutdown: "1s" });
    const busy = failure(children[1]!.with({ timeout: "1h" }).ask.hang());
    await until(() => node(app, "sup/c2")!.mailbox!.executing === 1, "c2 to be busy");
    const stopping = stop();
    await clock.advance(999);
    expect(await settled(stopping)).toBe(false);
    await clock.advance(1);
    await stopping;
    expect(stopped()).toEqual(["stop c1", "stop c3"]);
    expect(await busy).toMatchObject({ code: "ActorDied", message: expect.stringContaining("past its shutdown time") });
  });

  it("does not ask brutal children [sup_stop_brutal_kill_dynamic, terminate/2: terminates children with brutal kill]", async () => {
    const { stop, stopped, app } = await three({ shutdown: "brutal" });
    await stop();
    expect(stopped()).toEqual([]);
    expect(app.tree().state).toBe("stopped");
  });

  it("waits for children with unlimited time [terminate/2: terminates children with infinity shutdown]", async () => {
    const { cast, clock, stop, stopped } = await three({ shutdown: "unlimited" });
    const slow = held();
    cast.slowStop("c2", slow.promise);
    const stopping = stop();
    await clock.advance(24 * 3600 * 1000);
    expect(await settled(stopping)).toBe(false);
    slow.letGo();
    await stopping;
    expect(stopped()).toEqual(all);
  });

  it("ends children with a shutdown time, each within it [terminate/2: terminates children with integer shutdown]", async () => {
    const { stop, stopped } = await three({ shutdown: "1s" });
    await stop();
    expect(stopped()).toEqual(all);
  });

  it.each([["unlimited"], ["1s"]] as const)(
    "stops cleanly though its children fail to: shutdown %s [sup_stop_non_shutdown_exit_dynamic, terminate/2: terminates children with infinity shutdown and abnormal reason, terminate/2: terminates children with integer shutdown and abnormal reason]",
    async (shutdown) => {
      const { cast, stop, app } = await three({ shutdown });
      for (const name of ["c1", "c2", "c3"]) cast.slowStop(name, Promise.reject(new Error("oops")));
      await stop();
      expect(await app.ended).toBeUndefined();
      expect(app.tree().state).toBe("stopped");
    },
  );

  it.each([["temporary"], ["transient"], ["permanent"]] as const)(
    "takes the own end of a child that was leaving for its stop: %s [sup_stop_non_shutdown_exit_dynamic, terminate/2: terminates children with permanent restart and normal reason]",
    async (restart) => {
      const { cast, children, stop, stopped, app } = await three({ restart });
      const slow = held();
      cast.slowStop("c1", slow.promise);
      await children[0]!.ask.leave();
      const stopping = stop();
      await until(() => stopped().length === 2, "the others to have stopped");
      expect(await settled(stopping)).toBe(false);
      slow.letGo();
      await stopping;
      expect(stopped()).toEqual(all);
      expect(cast.begun("c1")).toBe(1);
      expect(app.reports()).toEqual([]);
      expect(await app.ended).toBeUndefined();
    },
  );

  it("ends each child in the way its spec says [terminate/2: terminates with mixed children]", async () => {
    const cast = new Cast();
    const { app } = await play({ sup: dynamic() });
    await app.add("sup", "c1", cast.child("c1", { shutdown: "unlimited" }));
    await app.add("sup", "c2", cast.child("c2", { shutdown: "brutal" }));
    await app.stop();
    expect(cast.notes).toEqual(["start c1", "start c2", "stop c1"]);
  });
});

describe("a dynamic child that is ended by hand", () => {
  it.each([
    ["brutal", []],
    ["1s", ["stop c1"]],
  ] as const)(
    "is gone, its sibling is not: shutdown %s [terminate_child/2: terminates child with brutal kill, terminate_child/2: terminates child with integer shutdown]",
    async (shutdown, notes) => {
      const { sup, stopped, app, children } = await three({ shutdown });
      await sup.remove("c1");
      expect(stopped()).toEqual(notes);
      expect(app.count("sup")).toMatchObject({ active: 2, workers: 2 });
      expect(await failure(children[0]!.ask.say(1))).toMatchObject({ code: "ActorStopped" });
      expect(await children[1]!.ask.say(2)).toBe(2);
      const again = await failure(sup.remove("c1"));
      expect(again).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining('no child "c1"') });
    },
  );

  it("is restarted and terminated by path as any child is; who is no child is not found [child_adm_simple]", async () => {
    const { app, children } = await three();
    const before = await children[0]!.ask.built();
    await app.restart("sup/c1");
    expect(await children[0]!.ask.built()).toBeGreaterThan(before);
    await app.terminate("sup/c1");
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c2", "c3"]);
    await app.remove("sup/c2");
    expect(app.children("sup").map(({ name }) => name)).toEqual(["c3"]);
    const missing = { code: "InvalidSpec", message: expect.stringContaining("nobody") };
    expect(await failure(app.terminate("sup/nobody"))).toMatchObject(missing);
    expect(await failure(app.restart("sup/nobody"))).toMatchObject(missing);
    expect(await children[2]!.ask.say("still here")).toBe("still here");
  });
});

describe("many dynamic children", () => {
  it("are ended one by one, ten thousand of them [simple_one_for_one_scale_many_temporary_children]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ sup: dynamic(cast.child("any", { restart: "temporary" })) });
    for (const many of [1000, 10_000]) {
      const names = Array.from({ length: many }, (_, n) => `c${n}`);
      await Promise.all(names.map((name) => refs.sup.spawn(name, cast.role(name))));
      expect(app.count("sup").active).toBe(many);
      for (const name of names) await refs.sup.remove(name);
      expect(app.count("sup").active).toBe(0);
    }
    expect(cast.notes.length).toBe(2 * 11_000);
  });
});
