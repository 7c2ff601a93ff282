import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RunningSystem } from "../../../src/system/running-system.js";
import { type ActorOptions, thread } from "../../../src/system/specs.js";
import { supervisor } from "../../../src/system/supervisor/supervisor-spec.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import { StubbornProvider } from "./stubborn-hosts.js";

const url = "file:///camera.js" as never;

async function stage(options: ActorOptions = {}) {
  const clock = new VirtualClock();
  const provider = new StubbornProvider();
  const camera = thread(url, undefined as never, { exclusive: true, spare: "none", ...options });
  const root = await supervisor({ overBudget: "quarantine" }, { camera }).load();
  const app = new RunningSystem(root, { clock }, { thread: provider });
  const node = () => app.tree().children![0]!;
  return { app, clock, provider, node };
}

/** Lets what is due now happen. */
const turn = (clock: VirtualClock) => clock.advance(0);

describe("an exclusive actor whose old host does not leave", () => {
  it("waits for its exit, says so, and starts when it is gone", async () => {
    const { app, clock, provider, node } = await stage();
    await app.start(false);
    app.kill("camera");
    await turn(clock);
    expect(node()).toMatchObject({ state: "starting", reason: "waits for the exit of thread 1" });
    // Far past its start time: the wait is not charged.
    await clock.advance(600_000);
    expect(provider.hosts).toHaveLength(1);
    provider.hosts[0]!.leave();
    await turn(clock);
    expect(provider.hosts).toHaveLength(2);
    expect(node()).toMatchObject({ state: "running", host: "thread 2", restarts: 1 });
    expect(node()).not.toHaveProperty("reason");
    await app.stop({ drain: 0 });
  });

  it("waits after a start that took too long, whose thread is still in it", async () => {
    const { app, clock, provider, node } = await stage({ startTimeout: 100, backoff: { initial: 1 } });
    provider.answers.push("never");
    app.start(true).catch(() => {});
    await turn(clock);
    await clock.advance(100);
    await clock.advance(1000);
    expect(provider.hosts).toHaveLength(1);
    expect(node()).toMatchObject({ state: "starting", reason: "waits for the exit of thread 1" });
    provider.hosts[0]!.leave();
    await turn(clock);
    expect(node()).toMatchObject({ state: "running", host: "thread 2" });
    await app.stop({ drain: 0 });
  });

  it("waits also where it was removed, and what took its name is a child of its own", async () => {
    const { app, clock, provider, node } = await stage();
    await app.start(false);
    app.kill("camera");
    await turn(clock);
    await app.remove("camera");
    const added = app.add("", "camera", thread(url, undefined as never, { exclusive: true, spare: "none" }));
    await turn(clock);
    expect(provider.hosts).toHaveLength(1);
    expect(node()).toMatchObject({ state: "starting", reason: "waits for the exit of thread 1" });
    provider.hosts[0]!.leave();
    await turn(clock);
    await added;
    expect(node()).toMatchObject({ state: "running", host: "thread 2" });
    await app.stop({ drain: 0 });
  });

  it("waits at a restart by hand", async () => {
    const { app, clock, provider, node } = await stage();
    await app.start(false);
    void app.restart("camera");
    await clock.advance(2000);
    expect(provider.hosts).toHaveLength(1);
    expect(provider.hosts[0]!.told).toContain("shut");
    expect(node()).toMatchObject({ state: "starting", reason: "waits for the exit of thread 1" });
    provider.hosts[0]!.leave();
    await turn(clock);
    expect(node()).toMatchObject({ state: "running", host: "thread 2" });
    await app.stop({ drain: 0 });
  });

  it("can be stopped while it waits, and does not start afterwards", async () => {
    const { app, clock, provider, node } = await stage();
    await app.start(false);
    app.kill("camera");
    await turn(clock);
    const stopped = app.stop({ drain: 0 });
    await turn(clock);
    await stopped;
    expect(node().state).toBe("stopped");
    expect(provider.hosts).toHaveLength(1);
  });
});

it("never has two hosts at once, whatever is done to it and however long each takes to leave", async () => {
  const step = fc.oneof(
    fc.constant({ do: "kill" } as const),
    fc.constant({ do: "restart" } as const),
    fc.record({ do: fc.constant("leave" as const) }),
    fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
    fc.record({ do: fc.constant("next" as const), how: fc.constantFrom("never" as const, "start-failed" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { app, clock, provider, node } = await stage({ startTimeout: "10s", shutdown: "1s" });
      app.start(true).catch(() => {});
      for (const one of steps) {
        if (one.do === "kill") app.kill("camera");
        else if (one.do === "restart") void app.restart("camera");
        else if (one.do === "leave") for (const host of provider.hosts) host.leave();
        else if (one.do === "next") provider.answers.push(one.how);
        else await clock.advance(one.ms);
        await turn(clock);
        expect(provider.most).toBeLessThanOrEqual(1);
      }
      // Nothing is lost either: once every host leaves and starts succeed, it runs.
      provider.answers.length = 0;
      for (let i = 0; i < 50 && node().state !== "running"; i++) {
        for (const host of provider.hosts.slice(0, -1)) host.leave();
        if (node().reason?.startsWith("waits for")) provider.hosts.at(-1)!.leave();
        if (node().state === "quarantined") void app.restart("camera");
        await clock.advance(10_000);
      }
      expect(node().state).toBe("running");
      expect(provider.most).toBe(1);
      const stopped = app.stop({ drain: 0 });
      await clock.advance(5000);
      await stopped;
    }),
    { numRuns: 60 },
  );
});
