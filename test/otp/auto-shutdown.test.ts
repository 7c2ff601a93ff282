import { dynamic, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { given } from "../unit/supervision/scripted.js";
import { Cast, node, times } from "./stage.js";

const modes = ["never", "any-significant", "all-significant"] as const;
const caring = ["any-significant", "all-significant"] as const;
const normal = { normal: true };

describe("a child that is not significant", () => {
  it("ends in any way without its supervisor ending, when it is temporary [nonsignificant_temporary]", () => {
    for (const autoShutdown of modes) {
      const app = given({ autoShutdown }, { a: { restart: "temporary" }, b: {} }).up();
      for (const ends of [
        () => app.stopChild("a").concat(app.stopped("a")),
        () => app.died("a", { guilty: true }),
        () => app.died("a"),
        () => app.died("a", normal),
      ]) {
        expect(ends().at(-1)).toBe("forget a");
        expect(app.phase()).toBe("up");
        app.add("a", { restart: "temporary" });
        app.ready("a");
      }
    }
  });

  it("ends in any way without its supervisor ending, when it is transient [nonsignificant_transient]", () => {
    for (const autoShutdown of modes) {
      const app = given({ autoShutdown }, { a: { restart: "transient" }, b: {} }).up();
      app.stopChild("a");
      app.stopped("a");
      expect(app.restart("a")).toEqual(["start a"]);
      app.ready("a");
      expect(app.died("a", { guilty: true })).toEqual(["start a"]);
      app.ready("a");
      expect(app.died("a")).toEqual(["start a"]);
      app.ready("a");
      app.died("a", normal);
      expect([app.life("a"), app.phase()]).toEqual(["stopped", "up"]);
    }
  });
});

describe("a temporary significant child", () => {
  const fleeting = { restart: "temporary", significant: true } as const;
  const three = { c1: fleeting, c2: fleeting, c3: { restart: "temporary" } } as const;

  it("that is ended by hand ends nobody else [significant_temporary]", () => {
    const app = given({ autoShutdown: "any-significant" }, three).up();
    app.stopChild("c1");
    expect(app.stopped("c1")).toEqual(["forget c1"]);
    expect(app.phase()).toBe("up");
  });

  it("takes its supervisor down, however it ends by itself [significant_temporary]", () => {
    for (const how of [{ guilty: true }, {}, normal]) {
      const app = given({ autoShutdown: "any-significant" }, three).up();
      expect(app.died("c1", how)).toEqual(["forget c1", "stop c3"]);
      expect(app.stopped("c3")).toEqual(["stop c2"]);
      expect(app.stopped("c2").at(-1)).toBe("ended auto-shutdown");
    }
  });

  it("takes a real supervisor down, which then has ended cleanly [significant_temporary]", async () => {
    const cast = new Cast();
    const below = supervisor(
      { autoShutdown: "any-significant", child: { restart: "transient" } },
      {
        c1: cast.child("c1", fleeting),
        c2: cast.child("c2", fleeting),
        c3: cast.child("c3", { restart: "temporary" }),
      },
    );
    const { app, refs } = await play({ below, other: cast.child("other") });
    await refs.below.c1.ask.die();
    await until(() => node(app, "below")!.state === "stopped", "the supervisor to end");
    expect(cast.since(4)).toEqual(["stop c3", "stop c2"]);
    expect(app.tree().state).toBe("running");
    expect(await refs.other.ask.say(1)).toBe(1);
  });

  it("takes the root down: the app has ended, without an error [significant_temporary]", async () => {
    const cast = new Cast();
    const { app, refs } = await play(
      { job: cast.child("job", fleeting), desk: cast.child("desk") },
      { autoShutdown: "any-significant" },
    );
    await refs.job.ask.die();
    expect(await app.ended).toBeUndefined();
    expect(app.tree().state).toBe("stopped");
    expect(cast.notes).toEqual(["start job", "start desk", "stop desk"]);
    expect(await failure(refs.desk.ask.say(1))).toMatchObject({ code: "ActorStopped" });
  });

  it("with all-significant only the last one does [significant_temporary]", () => {
    const app = given({ autoShutdown: "all-significant" }, three).up();
    expect(app.died("c1", normal)).toEqual(["forget c1"]);
    expect(app.died("c2", normal)).toEqual(["forget c2", "stop c3"]);
    expect(app.stopped("c3").at(-1)).toBe("ended auto-shutdown");
  });
});

describe("a transient significant child", () => {
  const lasting = { restart: "transient", significant: true } as const;
  const three = { c1: lasting, c2: lasting, c3: { restart: "transient" } } as const;

  it("that is ended by hand, killed or crashes ends nobody else [significant_transient]", () => {
    const app = given({ autoShutdown: "any-significant" }, three).up();
    app.stopChild("c1");
    app.stopped("c1");
    expect([app.life("c1"), app.phase()]).toEqual(["stopped", "up"]);
    expect(app.restart("c1")).toEqual(["start c1"]);
    app.ready("c1");
    for (const how of [{ guilty: true }, {}]) {
      expect(app.died("c1", how)).toEqual(["start c1"]);
      app.ready("c1");
    }
    expect(app.phase()).toBe("up");
  });

  it("that ends normally takes its supervisor down [significant_transient]", () => {
    const app = given({ autoShutdown: "any-significant" }, three).up();
    expect(app.died("c1", normal).at(-1)).toBe("stop c3");
    expect(app.stopped("c3")).toEqual(["stop c2"]);
    expect(app.stopped("c2").at(-1)).toBe("ended auto-shutdown");
  });

  it("with all-significant only the last one does [significant_transient]", () => {
    const app = given({ autoShutdown: "all-significant" }, three).up();
    app.died("c1", normal);
    expect(app.phase()).toBe("up");
    expect(app.died("c2", normal).at(-1)).toBe("stop c3");
    expect(app.stopped("c3").at(-1)).toBe("ended auto-shutdown");
  });

  it.each(
    caring.flatMap(
      (autoShutdown) =>
        [
          ["one-for-one" as const, autoShutdown, []],
          ["all-for-one" as const, autoShutdown, ["stop c3", "stop c1"]],
          ["rest-for-one" as const, autoShutdown, ["stop c3"]],
        ] as const,
    ),
  )("that goes down with a sibling does not count: %s, %s [significant_bystander]", (strategy, autoShutdown, stops) => {
    const app = given({ strategy, autoShutdown }, { c1: lasting, c2: { restart: "transient" }, c3: lasting }).up();
    let actions = app.died("c2");
    for (const stop of stops) {
      expect(actions).toEqual([stop]);
      // One of them, told to stop, ends normally by itself on its way.
      actions = stop === "stop c3" ? app.stopped("c3") : app.died("c1", normal);
    }
    for (let next = actions[0]; next; next = app.ready(next.slice(-2))[0]) expect(next).toMatch(/^start c[123]$/);
    expect(app.lives()).toEqual({ c1: "running", c2: "running", c3: "running" });
    expect(app.phase()).toBe("up");
  });
});

describe("a supervisor that ended with its significant child", () => {
  /** root ▸ a ▸ b ▸ c: c is a significant child of b, b of a or not. */
  async function nested(significant: boolean) {
    const cast = new Cast();
    const c = cast.child("c", { restart: "temporary", significant: true });
    const b = supervisor({ autoShutdown: "any-significant", child: { restart: "transient", significant } }, { c });
    const a = supervisor(
      { autoShutdown: "any-significant", child: { restart: "transient" } },
      { b, beside: cast.child("beside") },
    );
    const scene = await play({ a, other: cast.child("other") }, { intensity: times(0, 3600) });
    return { cast, ...scene };
  }

  it("has ended normally: significant itself, it takes the one above down [significant_escalation]", async () => {
    const { app, refs, cast } = await nested(true);
    await refs.a.b.c.ask.die();
    await until(() => node(app, "a")!.state === "stopped", "the supervisor above to end");
    expect(cast.since(3)).toEqual(["stop beside"]);
    expect(app.tree().state).toBe("running");
  });

  it("not significant itself, it ends alone [significant_escalation]", async () => {
    const { app, refs, cast } = await nested(false);
    await refs.a.b.c.ask.die();
    await until(() => node(app, "a/b")!.state === "stopped", "the supervisor to end");
    expect(node(app, "a")!.state).toBe("running");
    expect(cast.since(3)).toEqual([]);
    // Started again it is whole: the child that ended is of its spec.
    await app.restart("a/b");
    expect(await refs.a.b.c.ask.say("again")).toBe("again");
  });
});

describe("a dynamic supervisor", () => {
  it.each([
    ["never", []],
    ["any-significant", [1]],
    ["all-significant", [2]],
  ] as const)(
    "may end with its significant children too: %s after %j deaths [significant_simple]",
    async (autoShutdown, ends) => {
      const cast = new Cast();
      const significant = autoShutdown !== "never";
      const template = cast.child("any", { restart: "temporary", significant });
      const sup = dynamic(template, { autoShutdown, child: { restart: "transient" } });
      const { app, refs } = await play({ sup });
      await refs.sup.spawn("c1", cast.role("c1"));
      await refs.sup.spawn("c2", cast.role("c2"));
      for (const death of [1, 2]) {
        await refs.sup.child(`c${death}`)!.ask.die();
        await until(() => refs.sup.child(`c${death}`) === undefined, "it to be forgotten");
        const state = ends.some((at) => at <= death) ? "stopped" : "running";
        await until(() => node(app, "sup")!.state === state, `the supervisor to be ${state}`);
        if (state === "stopped") break;
      }
      expect(node(app, "sup")!.state).toBe(ends.length > 0 ? "stopped" : "running");
      expect(app.tree().state).toBe("running");
    },
  );
});
