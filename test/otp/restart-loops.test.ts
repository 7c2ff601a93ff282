import { dynamic } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { Cast, node, restarted, times } from "./stage.js";

/** Tries again for ever, an hour apart: between two tries it is down and waits. */
const stubborn = {
  intensity: times(Number.POSITIVE_INFINITY, 3600),
  backoff: { initial: "1h", max: "1h" },
} as const;

async function looping(strategy: "one-for-one" | "rest-for-one") {
  const cast = new Cast();
  const clock = new VirtualClock();
  const scene = await play(
    { c1: cast.child("c1"), c2: cast.child("c2", stubborn), c3: cast.child("c3") },
    { strategy, intensity: times(8, 10) },
    { clock },
  );
  cast.breaks("c2");
  await scene.refs.c2.ask.die();
  await clock.advance(0);
  await until(() => node(scene.app, "c2")!.state === "waiting", "its restart to have failed");
  return { cast, clock, ...scene };
}

describe("a child whose restarts keep failing", () => {
  it.each([
    ["one-for-one", ["running", "waiting", "running"], 2],
    ["rest-for-one", ["running", "waiting", "stopped"], 1],
  ] as const)(
    "is listed as waiting, its name is taken, and it can be terminated and started again: %s [hanging_restart_loop, hanging_restart_loop_rest_for_one]",
    async (strategy, states, active) => {
      const { app, cast, refs } = await looping(strategy);
      const listed = () => app.children("").map(({ state }) => state);
      expect(await failure(app.add("", "c2", cast.child("c2")))).toMatchObject({ code: "InvalidSpec" });
      expect(listed()).toEqual(states);
      expect(app.count("")).toEqual({ specs: 3, active, supervisors: 0, workers: 3 });
      await app.terminate("c2");
      expect(app.child("c2")!.state).toBe("stopped");
      cast.mended("c2");
      await app.restart("c2");
      expect(await refs.c2.ask.say("up")).toBe("up");
      await until(() => listed().every((state) => state === "running"), "those after it to be up");
    },
  );

  it.each([["one-for-one"], ["rest-for-one"]] as const)(
    "is tried at once by a restart by hand: %s [hanging_restart_loop, hanging_restart_loop_rest_for_one]",
    async (strategy) => {
      const { app, cast } = await looping(strategy);
      cast.mended("c2");
      await app.restart("c2");
      await until(() => app.children("").every(({ state }) => state === "running"), "all to run");
    },
  );

  it("leaves at once when it is removed [hanging_restart_loop]", async () => {
    const { app } = await looping("one-for-one");
    await app.remove("c2");
    expect(app.children("").map(({ name }) => name)).toEqual(["c1", "c3"]);
  });

  it.each([["one-for-one"], ["rest-for-one"]] as const)(
    "does not keep its supervisor from stopping: %s [hanging_restart_loop, hanging_restart_loop_rest_for_one]",
    async (strategy) => {
      const { app, cast } = await looping(strategy);
      await app.stop({ drain: 0 });
      expect(cast.notes.slice(-1)).toEqual(["stop c1"]);
      expect(app.tree().state).toBe("stopped");
    },
  );
});

describe("a dynamic child whose restarts keep failing", () => {
  async function dynamicLoop() {
    const cast = new Cast();
    const { app, refs } = await play({ sup: dynamic(cast.child("any", stubborn), { intensity: times(8, 10) }) });
    const c1 = await refs.sup.spawn("c1", cast.role("c1"));
    cast.breaks("c1");
    await c1.ask.die();
    await until(() => node(app, "sup/c1")!.state === "waiting", "its restart to have failed");
    return { cast, app, refs };
  }

  it("is listed as waiting, and gone when it is terminated [hanging_restart_loop_simple, terminate_child/2: terminates restarting child]", async () => {
    const { app, refs, cast } = await dynamicLoop();
    expect(app.count("sup")).toMatchObject({ active: 0, workers: 1 });
    await app.terminate("sup/c1");
    expect(app.children("sup")).toEqual([]);
    cast.mended("c1");
    await refs.sup.spawn("c1", cast.role("c1"));
    expect(app.count("sup")).toMatchObject({ active: 1, workers: 1 });
  });

  it("is tried at once by a restart by hand [hanging_restart_loop_simple]", async () => {
    const { app, cast } = await dynamicLoop();
    cast.mended("c1");
    await app.restart("sup/c1");
    await restarted(app, "sup/c1", 2);
  });

  it("does not keep its supervisor from stopping [hanging_restart_loop_simple]", async () => {
    const { app } = await dynamicLoop();
    await app.stop({ drain: 0 });
    expect(app.tree().state).toBe("stopped");
  });
});
