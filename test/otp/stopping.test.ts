import { type App, type Ref, refTo } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, failure, gateOf, plan, play, walls } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, type Child, held, node, restarted, settled, times, turns } from "./stage.js";

const gate = refTo<Gate>("gate");
const stop = (app: Pick<App, "stop">) => app.stop({ drain: 0 });

describe("a supervisor that stops", () => {
  it("waits for a child with unlimited time, however long it takes [sup_stop_infinity]", async () => {
    const cast = new Cast();
    const clock = new VirtualClock();
    const { app } = await play({ a: cast.child("a"), b: cast.child("b", { shutdown: "unlimited" }) }, {}, { clock });
    const slow = held();
    cast.slowStop("b", slow.promise);
    const stopping = stop(app);
    await clock.advance(24 * 3600 * 1000);
    expect(await settled(stopping)).toBe(false);
    expect(node(app, "b")!.state).toBe("stopping");
    slow.letGo();
    await stopping;
    expect(cast.notes).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  it("kills who is not done within its shutdown time; the others end cleanly [sup_stop_timeout]", async () => {
    const cast = new Cast();
    const clock = new VirtualClock();
    const { app, refs } = await play(
      { a: cast.child("a", { shutdown: "1s" }), b: cast.child("b", { shutdown: "1s" }) },
      {},
      { clock },
    );
    const busy = failure(refs.b.with({ timeout: "1h" }).ask.hang());
    await until(() => node(app, "b")!.mailbox!.executing === 1, "b to be busy");
    const stopping = stop(app);
    await clock.advance(999);
    expect(await settled(stopping)).toBe(false);
    expect(cast.notes).toEqual(["start a", "start b"]);
    await clock.advance(1);
    await stopping;
    expect(cast.notes).toEqual(["start a", "start b", "stop a"]);
    expect(await busy).toMatchObject({ code: "ActorDied", message: expect.stringContaining("past its shutdown time") });
  });

  it("does not ask a brutal child [sup_stop_brutal_kill]", async () => {
    const cast = new Cast();
    const { app } = await play({ a: cast.child("a", { shutdown: "1s" }), b: cast.child("b", { shutdown: "brutal" }) });
    await stop(app);
    expect(cast.notes).toEqual(["start a", "start b", "stop a"]);
  });

  it.each(walls)(
    "ends the $level of a child that is stuck [sup_stop_timeout, sup_stop_brutal_kill]",
    async ({ level }) => {
      const made = plan();
      made.open("the loop");
      const { app, refs } = await play({
        gate: gateOf(made),
        late: at(level, Hand, { gate }, { shutdown: 50 }),
        brutal: at(level, Hand, { gate }, { shutdown: "brutal" }),
      });
      const spinning = [refs.late, refs.brutal].map((ref) => failure(ref.ask.holdThenSpin("the loop")));
      await made.reached("the loop", 2);
      await stop(app);
      for (const error of await Promise.all(spinning)) expect(error.code).toBe("ActorDied");
      expect(node(app, "late")!.host).toBeUndefined();
      expect(node(app, "brutal")!.host).toBeUndefined();
    },
  );

  it("does not hang on a child that never answers its stop, nor do its siblings wait for it [child_unlink]", async () => {
    const cast = new Cast();
    const clock = new VirtualClock();
    const { app, refs } = await play(
      { deaf: cast.child("deaf", { shutdown: "1s" }), b: cast.child("b", asOtp) },
      {},
      { clock },
    );
    cast.slowStop("deaf", new Promise(() => {}));
    app.restart("deaf");
    await until(() => node(app, "deaf")!.state === "stopping", "the deaf child to be told to stop");
    await refs.b.ask.die();
    await clock.advance(0);
    await restarted(app, "b", 1);
    expect(node(app, "deaf")!.state).toBe("stopping");
    await clock.advance(1000);
    await restarted(app, "deaf", 1);
    cast.slowStop("deaf", Promise.resolve());
  });
});

describe("a child that is tried again for ever, without a pause", () => {
  it("does not keep its supervisor from hearing of anything else, nor from stopping [hanging_restart_loop]", async () => {
    const cast = new Cast();
    const unbounded = times(Number.POSITIVE_INFINITY, 1);
    const { app, refs } = await play({ a: cast.child("a", asOtp), b: cast.child("b") }, { intensity: unbounded });
    cast.breaks("a");
    await refs.a.ask.die();
    await until(() => cast.begun("a") > 10, "a few tries");
    expect(await refs.b.ask.say("served")).toBe("served");
    await stop(app);
    const tries = cast.begun("a");
    expect(cast.notes).toEqual(["start a", "start b", "stop b"]);
    await turns();
    expect(cast.begun("a")).toBe(tries);
  });
});

describe("order", () => {
  it("children start in the order given and stop in reverse, in a restart as at the end [order_of_children]", async () => {
    const cast = new Cast();
    const names = ["ch7", "ch3", "ch10", "ch2", "ch5"];
    const children = Object.fromEntries(names.map((name) => [name, cast.child(name, asOtp)]));
    const { app, refs } = await play(children, { strategy: "rest-for-one" });
    expect(cast.notes).toEqual(names.map((name) => `start ${name}`));
    await refs.ch10!.ask.die();
    await restarted(app, "ch5", 1);
    expect(cast.since(5)).toEqual(["stop ch5", "stop ch2", "start ch10", "start ch2", "start ch5"]);
    await stop(app);
    expect(cast.since(10)).toEqual(["stop ch5", "stop ch2", "stop ch10", "stop ch3", "stop ch7"]);
  });
});

describe("children that end by themselves while their supervisor stops", () => {
  const restarts = ["temporary", "transient", "permanent"] as const;
  const times0 = times(0, 3600);

  it("before it is their turn are down, whatever the reason: nothing started, and the rest goes on stopping [sup_stop_race]", async () => {
    const cast = new Cast();
    const clock = new VirtualClock();
    const racing = restarts.flatMap((restart) => [
      [`${restart}-leaves`, cast.child(`${restart}-leaves`, { restart })] as const,
      [`${restart}-dies`, cast.child(`${restart}-dies`, { restart })] as const,
    ]);
    const a = cast.child("a");
    const z = cast.child("z", { shutdown: "unlimited" });
    const { app } = await play({ a, ...Object.fromEntries(racing), z }, { intensity: times0 }, { clock });
    const slow = held();
    cast.slowStop("z", slow.promise);
    for (const [name] of racing) {
      const child = app.ref(name) as Ref<Child>;
      await (name.endsWith("leaves") ? child.ask.leaveIn(100) : child.ask.die(100));
    }
    const from = cast.notes.length;
    const stopping = stop(app);
    await until(() => node(app, "z")!.state === "stopping", "z to be told to stop");
    await clock.advance(100);
    const down = () => racing.every(([name]) => ["stopped", undefined].includes(node(app, name)?.state));
    await until(down, "them to be down");
    expect(node(app, "z")!.state).toBe("stopping");
    slow.letGo();
    await stopping;
    const left = restarts.map((restart) => `stop ${restart}-leaves`);
    expect(cast.since(from)).toEqual([...left, "stop z", "stop a"]);
    expect(await app.ended).toBeUndefined();
  });

  it.each(restarts.map((restart) => [restart] as const))(
    "cross their stop on the way and are down by their own end: %s [sup_stop_race]",
    async (restart) => {
      const cast = new Cast();
      const { app, refs } = await play(
        { a: cast.child("a", { restart }), b: cast.child("b", { restart }) },
        { intensity: times0 },
      );
      const slow = held();
      cast.slowStop("b", slow.promise);
      await refs.b.ask.leave();
      const stopping = stop(app);
      await until(() => node(app, "b")!.state === "stopping", "b to be told to stop");
      slow.letGo();
      await stopping;
      // Each is asked to stop once, though b was asked twice: by itself and by its supervisor.
      expect(cast.since(2)).toEqual(["stop b", "stop a"]);
      expect(await app.ended).toBeUndefined();
    },
  );
});
