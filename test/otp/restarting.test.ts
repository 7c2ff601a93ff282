import { supervisor } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { given } from "../unit/supervision/scripted.js";
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
  const ends = { normal: true };

  it("is restarted when it is permanent [permanent_normal, permanent_shutdown]", () => {
    const app = given({}, { a: { restart: "permanent" } }).up();
    expect(app.died("a", ends)).toEqual(["start a"]);
    app.ready("a");
    expect(app.died("a", ends)).toEqual(["wait a 200"]);
  });

  it("is forgotten when it is temporary, and its id is free again [temporary_normal, temporary_shutdown]", () => {
    const app = given({}, { a: { restart: "temporary" } }).up();
    expect(app.died("a", ends)).toEqual(["forget a"]);
    expect(app.add("a", { restart: "temporary" })).toEqual(["start a"]);
    app.ready("a");
    expect(app.died("a", ends)).toEqual(["forget a"]);
  });

  it("stays down, listed, when it is transient, and can be started again by hand [transient_normal, transient_shutdown]", () => {
    const app = given({}, { a: { restart: "transient" } }).up();
    for (let again = 0; again < 2; again++) {
      expect(app.died("a", ends)).toEqual(["down a"]);
      expect(app.lives()).toEqual({ a: "stopped" });
      expect(app.restart("a")).toEqual(["start a"]);
      app.ready("a");
    }
  });

  it("so it is with a real one: a supervisor whose significant child is done [transient_normal, permanent_normal]", async () => {
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
