import { type ActorOptions, type App, dynamic, type SupervisorOptions, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, ends, held, node, times, ways } from "./stage.js";

const modes = ["never", "any-significant", "all-significant"] as const;
const caring = ["any-significant", "all-significant"] as const;

/** It is killed and dies, and is back each time. */
async function crashes(app: Pick<App, "ref" | "kill" | "tree">, path: string): Promise<void> {
  for (const how of ["is killed", "dies"] as const) {
    const before = node(app, path)!.restarts;
    await ends(app, path, how);
    await until(() => node(app, path)!.restarts > before && node(app, path)!.state === "running", "its restart");
  }
}

describe("a child that is not significant", () => {
  it.each(modes.map((mode) => [mode] as const))(
    "ends in any way without its supervisor ending, when it is temporary: autoShutdown %s [nonsignificant_temporary]",
    async (autoShutdown) => {
      const cast = new Cast();
      const a = cast.child("a", { restart: "temporary" });
      const { app, refs } = await play({ a, b: cast.child("b") }, { autoShutdown });
      for (const how of ["by hand", ...ways] as const) {
        await (how === "by hand" ? app.terminate("a") : ends(app, "a", how));
        await until(() => app.child("a") === undefined, "it to be forgotten");
        await app.add("", "a", a);
      }
      expect(app.tree().state).toBe("running");
      expect(await refs.b.ask.built()).toBe(1);
      // Asked to stop by hand, and stopped of itself.
      expect(cast.notes.filter((note) => note.startsWith("stop"))).toEqual(["stop a", "stop a"]);
    },
  );

  it.each(modes.map((mode) => [mode] as const))(
    "ends in any way without its supervisor ending, when it is transient: autoShutdown %s [nonsignificant_transient]",
    async (autoShutdown) => {
      const cast = new Cast();
      const a = cast.child("a", { ...asOtp, restart: "transient" });
      const { app, refs } = await play({ a, b: cast.child("b") }, { autoShutdown });
      await app.terminate("a");
      expect(app.child("a")!.state).toBe("stopped");
      await app.restart("a");
      await crashes(app, "a");
      await ends(app, "a", "leaves");
      await until(() => app.child("a")!.state === "stopped", "it to stay down");
      expect(app.tree().state).toBe("running");
      expect(await refs.b.ask.built()).toBe(1);
    },
  );
});

describe("a temporary significant child", () => {
  const fleeting = { restart: "temporary", significant: true } as const;

  async function three(autoShutdown: (typeof caring)[number]) {
    const cast = new Cast();
    const scene = await play(
      {
        c1: cast.child("c1", fleeting),
        c2: cast.child("c2", fleeting),
        c3: cast.child("c3", { restart: "temporary" }),
      },
      { autoShutdown },
    );
    return { cast, ...scene };
  }

  it("that is ended by hand ends nobody else [significant_temporary]", async () => {
    const { app, refs } = await three("any-significant");
    await app.terminate("c1");
    expect(app.children("").map(({ name }) => name)).toEqual(["c2", "c3"]);
    expect(app.tree().state).toBe("running");
    expect(await refs.c3.ask.say("untouched")).toBe("untouched");
  });

  it.each(ways.map((how) => [how] as const))(
    "takes the root down when it %s: the app has ended, without an error [significant_temporary]",
    async (how) => {
      const { app, cast, refs } = await three("any-significant");
      await ends(app, "c1", how);
      expect(await app.ended).toBeUndefined();
      expect(app.tree().state).toBe("stopped");
      expect(cast.since(3)).toEqual([...(how === "leaves" ? ["stop c1"] : []), "stop c3", "stop c2"]);
      expect(await failure(refs.c3.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    },
  );

  it.each(ways.map((how) => [how] as const))(
    "takes a supervisor below the root down when it %s, which then has ended cleanly [significant_temporary]",
    async (how) => {
      const cast = new Cast();
      const below = supervisor(
        { autoShutdown: "any-significant", child: { restart: "transient" } },
        { job: cast.child("job", fleeting), desk: cast.child("desk") },
      );
      const { app, refs } = await play({ below, other: cast.child("other") });
      await ends(app, "below/job", how);
      await until(() => node(app, "below")!.state === "stopped", "the supervisor to end");
      expect(cast.notes.at(-1)).toBe("stop desk");
      expect(app.tree().state).toBe("running");
      expect(await refs.other.ask.say(1)).toBe(1);
    },
  );

  it.each(ways.map((how) => [how] as const))(
    "with all-significant only the last one does, when it %s [significant_temporary]",
    async (how) => {
      const { app, cast } = await three("all-significant");
      await ends(app, "c1", how);
      await until(() => app.child("c1") === undefined, "it to be forgotten");
      expect(app.tree().state).toBe("running");
      await ends(app, "c2", how);
      expect(await app.ended).toBeUndefined();
      expect(cast.notes.at(-1)).toBe("stop c3");
    },
  );
});

describe("a transient significant child", () => {
  const lasting = { ...asOtp, restart: "transient", significant: true } as const;

  async function three(options: SupervisorOptions, c2: ActorOptions = lasting, c3: ActorOptions = asOtp) {
    const cast = new Cast();
    const scene = await play(
      {
        c1: cast.child("c1", lasting),
        c2: cast.child("c2", c2),
        c3: cast.child("c3", { restart: "transient", ...c3 }),
      },
      { intensity: times(9, 3600), ...options },
    );
    return { cast, ...scene };
  }

  it("that is ended by hand, killed or crashes ends nobody else [significant_transient]", async () => {
    const { app, refs } = await three({ autoShutdown: "any-significant" });
    await app.terminate("c1");
    expect(app.child("c1")!.state).toBe("stopped");
    await app.restart("c1");
    await crashes(app, "c1");
    expect(app.tree().state).toBe("running");
    expect(await refs.c3.ask.built()).toBe(1);
  });

  it("that ends normally takes its supervisor down [significant_transient]", async () => {
    const { app, cast, refs } = await three({ autoShutdown: "any-significant" });
    await refs.c1.ask.leave();
    expect(await app.ended).toBeUndefined();
    expect(cast.since(3)).toEqual(["stop c1", "stop c3", "stop c2"]);
    expect(cast.begun("c1")).toBe(1);
  });

  it("with all-significant only the last one does [significant_transient]", async () => {
    const { app, cast, refs } = await three({ autoShutdown: "all-significant" });
    await refs.c1.ask.leave();
    await until(() => app.child("c1")!.state === "stopped", "it to stay down");
    expect(app.tree().state).toBe("running");
    await refs.c2.ask.leave();
    expect(await app.ended).toBeUndefined();
    expect(cast.since(3)).toEqual(["stop c1", "stop c2", "stop c3"]);
  });

  const restarts = {
    "one-for-one": ["start c2"],
    "rest-for-one": ["stop c3", "start c2", "start c3"],
    "all-for-one": ["stop c3", "stop c1", "start c1", "start c2", "start c3"],
  } as const;
  const strategies = ["one-for-one", "rest-for-one", "all-for-one"] as const;

  it.each(caring.flatMap((autoShutdown) => strategies.map((strategy) => [strategy, autoShutdown] as const)))(
    "that goes down with a sibling does not count: %s, %s [significant_bystander]",
    async (strategy, autoShutdown) => {
      const { app, cast, refs } = await three({ strategy, autoShutdown }, { ...asOtp, restart: "transient" }, lasting);
      await refs.c2.ask.die();
      await until(() => cast.notes.length === 3 + restarts[strategy].length, "the restart");
      await until(() => app.children("").every(({ state }) => state === "running"), "all to run");
      expect(cast.since(3)).toEqual(restarts[strategy]);
      expect(app.tree().state).toBe("running");
    },
  );

  it.each(caring.flatMap((autoShutdown) => strategies.slice(1).map((strategy) => [strategy, autoShutdown] as const)))(
    "that was leaving when its sibling took it along does not count either: %s, %s [significant_bystander]",
    async (strategy, autoShutdown) => {
      const { app, cast, refs } = await three({ strategy, autoShutdown }, { ...asOtp, restart: "transient" }, lasting);
      const slow = held();
      cast.slowStop("c3", slow.promise);
      await refs.c3.ask.leave();
      await refs.c2.ask.die();
      await until(() => node(app, "c3")!.state === "stopping", "c3 to be told to stop");
      slow.letGo();
      await until(() => app.children("").every(({ state }) => state === "running"), "all to run");
      expect(cast.since(3)).toEqual(restarts[strategy]);
      expect(app.tree().state).toBe("running");
    },
  );
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

  it.each(ways.map((how) => [how] as const))(
    "has ended normally: significant itself, it takes the one above down; its child %s [significant_escalation]",
    async (how) => {
      const { app, cast } = await nested(true);
      await ends(app, "a/b/c", how);
      await until(() => node(app, "a")!.state === "stopped", "the supervisor above to end");
      expect(cast.notes.at(-1)).toBe("stop beside");
      expect(app.tree().state).toBe("running");
    },
  );

  it.each(ways.map((how) => [how] as const))(
    "not significant itself, it ends alone; its child %s [significant_escalation]",
    async (how) => {
      const { app, refs, cast } = await nested(false);
      await ends(app, "a/b/c", how);
      await until(() => node(app, "a/b")!.state === "stopped", "the supervisor to end");
      expect(node(app, "a")!.state).toBe("running");
      expect(cast.since(3)).toEqual(how === "leaves" ? ["stop c"] : []);
      // Started again it is whole: the child that ended is of its spec.
      await app.restart("a/b");
      expect(await refs.a.b.c.ask.say("again")).toBe("again");
    },
  );
});

describe("a dynamic supervisor", () => {
  it.each(
    ways.flatMap(
      (how) =>
        [
          ["never", undefined, how],
          ["any-significant", 1, how],
          ["all-significant", 2, how],
        ] as const,
    ),
  )(
    "may end with its significant children too: %s, so at the end of child %s, which %s [significant_simple]",
    async (autoShutdown, last, how) => {
      const cast = new Cast();
      const significant = autoShutdown !== "never";
      const template = cast.child("any", { restart: "temporary", significant });
      const sup = dynamic(template, { autoShutdown, child: { restart: "transient" } });
      const { app, refs } = await play({ sup });
      await refs.sup.spawn("c1", cast.role("c1"));
      await refs.sup.spawn("c2", cast.role("c2"));
      for (const n of [1, 2]) {
        await ends(app, `sup/c${n}`, how);
        await until(() => refs.sup.child(`c${n}`) === undefined, "it to be forgotten");
        if (n === last) break;
        expect(node(app, "sup")!.state).toBe("running");
      }
      if (last) await until(() => node(app, "sup")!.state === "stopped", "the supervisor to end");
      expect(app.tree().state).toBe("running");
    },
  );

  it("ends when a transient significant one has left, and at none of its crashes [significant_simple]", async () => {
    const cast = new Cast();
    const template = cast.child("any", { ...asOtp, restart: "transient", significant: true });
    const { app, refs } = await play({
      sup: dynamic(template, { autoShutdown: "any-significant", child: { restart: "transient" } }),
    });
    const job = await refs.sup.spawn("job", cast.role("job"));
    await crashes(app, "sup/job");
    expect(node(app, "sup")!.state).toBe("running");
    await job.ask.leave();
    await until(() => node(app, "sup")!.state === "stopped", "the supervisor to end");
    expect(cast.begun("job")).toBe(3);
  });
});
