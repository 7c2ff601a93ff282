import { supervisor } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, node, restarted, times } from "./stage.js";

describe("a child that crashes", () => {
  it.each([["permanent"], ["transient"]] as const)(
    "is restarted when it is %s [permanent_abnormal, transient_abnormal]",
    async (restart) => {
      const cast = new Cast();
      const { app, refs } = await play({ a: cast.child("a", { ...asOtp, restart }) });
      const before = await refs.a.ask.built();
      await refs.a.ask.die();
      await restarted(app, "a", 1);
      expect(await refs.a.ask.built()).toBeGreaterThan(before);
    },
  );

  it("is forgotten when it is temporary [temporary_abnormal]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ a: cast.child("a", { restart: "temporary" }), b: cast.child("b") });
    await refs.a.ask.die();
    await until(() => app.tree().children!.length === 1, "the child to be forgotten");
    expect(node(app, "a")).toBeUndefined();
    expect(await failure(refs.a.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    expect(cast.notes).toEqual(["start a", "start b"]);
  });
});

describe("a temporary child beside one that dies", () => {
  it.each([["all-for-one"], ["rest-for-one"]] as const)(
    "goes down with it under %s and is not started again [temporary_bystander]",
    async (strategy) => {
      const cast = new Cast();
      const { app, refs } = await play(
        { a: cast.child("a", asOtp), b: cast.child("b", { ...asOtp, restart: "temporary" }) },
        { strategy, intensity: times(2, 300) },
      );
      await refs.a.ask.die();
      await restarted(app, "a", 1);
      await until(() => node(app, "b") === undefined, "the bystander to be forgotten");
      expect(cast.notes).toEqual(["start a", "start b", "stop b", "start a"]);
      expect(app.tree().state).toBe("running");
    },
  );
});

describe("a child that ends normally", () => {
  it("is restarted when it is permanent, and charged as any restart is [permanent_normal, permanent_shutdown]", async () => {
    const cast = new Cast();
    const { app, refs } = await play({ a: cast.child("a", asOtp) }, { intensity: times(2, 3600) });
    for (let left = 1; left <= 2; left++) {
      await refs.a.ask.leave();
      expect(await refs.a.ask.built()).toBe(1 + left);
    }
    expect(cast.notes).toEqual(["start a", "stop a", "start a", "stop a", "start a"]);
    await refs.a.ask.leave();
    expect(await app.ended).toMatchObject({ code: "GaveUp" });
  });

  it("is forgotten when it is temporary, and its id is free again [temporary_normal, temporary_shutdown]", async () => {
    const cast = new Cast();
    const a = cast.child("a", { restart: "temporary" });
    const { app, refs } = await play({ a, b: cast.child("b") }, { intensity: times(0, 3600) });
    let child = refs.a;
    for (let again = 0; again < 2; again++) {
      await child.ask.leave();
      await until(() => app.child("a") === undefined, "it to be forgotten");
      expect(await failure(child.ask.say(1))).toMatchObject({ code: "ActorStopped" });
      child = await app.add("", "a", a);
    }
    expect(await child.ask.say("the third")).toBe("the third");
    expect(await refs.b.ask.built()).toBe(1);
  });

  it("stays down, listed, when it is transient, and can be started again by hand [transient_normal, transient_shutdown]", async () => {
    const cast = new Cast();
    const a = cast.child("a", { ...asOtp, restart: "transient" });
    const { app, refs } = await play({ a, b: cast.child("b") }, { intensity: times(0, 3600) });
    for (let again = 1; again <= 2; again++) {
      await refs.a.ask.leave();
      await until(() => app.child("a")!.state === "stopped", "it to stay down");
      expect(app.count("")).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 });
      expect(cast.begun("a")).toBe(again);
      await app.restart("a");
      expect(await refs.a.ask.built()).toBe(1 + again);
    }
    expect(await refs.b.ask.built()).toBe(1);
  });

  it.each([
    ["all-for-one", ["stop b", "stop c", "stop a", "start a", "start b", "start c"]],
    ["rest-for-one", ["stop b", "stop c", "start b", "start c"]],
  ] as const)(
    "takes along whom its strategy says, when it is permanent: %s [permanent_normal]",
    async (strategy, steps) => {
      const cast = new Cast();
      const { refs, app } = await play(
        { a: cast.child("a", asOtp), b: cast.child("b", asOtp), c: cast.child("c", asOtp) },
        { strategy },
      );
      await refs.b.ask.leave();
      await restarted(app, "c", 1);
      expect(cast.since(3)).toEqual(steps);
    },
  );

  it("so it is with a supervisor whose significant child is done [transient_normal, permanent_normal]", async () => {
    const cast = new Cast();
    const done = (name: string, restart: "transient" | "permanent") =>
      supervisor(
        { autoShutdown: "any-significant", child: { ...asOtp, restart } },
        {
          job: cast.child(`${name}/job`, { restart: "temporary", significant: true }),
          desk: cast.child(`${name}/desk`),
        },
      );
    const { app, refs } = await play({ once: done("once", "transient"), always: done("always", "permanent") });
    await Promise.all([refs.once.job.ask.die(), refs.always.job.ask.die()]);
    await restarted(app, "always", 1);
    await until(() => node(app, "once")!.state === "stopped", "the transient one to stay down");
    expect(await refs.always.desk.ask.say(1)).toBe(1);
    expect(await failure(refs.once.desk.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    await app.restart("once");
    expect(await refs.once.desk.ask.say(2)).toBe(2);
  });
});

describe("the supervisor's intensity", () => {
  it("is a rate: a child may die any number of times, slowly enough [multiple_restarts]", async () => {
    const cast = new Cast();
    const clock = new VirtualClock();
    const { app, refs } = await play({ a: cast.child("a", asOtp) }, { intensity: times(1, 1) }, { clock });
    for (let death = 1; death <= 4; death++) {
      await refs.a.ask.die();
      await clock.advance(2100);
      await restarted(app, "a", death);
    }
    // Once more than the rate allows, to show that it is in force.
    for (let death = 5; death <= 6; death++) {
      await refs.a.ask.die();
      await clock.advance(0);
      if (death === 5) await restarted(app, "a", death);
    }
    expect(await app.ended).toMatchObject({ code: "GaveUp" });
  });
});
