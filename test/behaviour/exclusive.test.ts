import { inline, keyed, refTo, type SystemEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { Device } from "../actors/reach.mjs";
import type { Gate } from "./gate.js";
import { reach } from "./reach.js";
import { scratch } from "./scratch.js";
import { deaths, failure, gateOf, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");
const exclusive = { exclusive: true, spare: "none", shutdown: 100 } as const;

/** What was told of the device, in order: its life and the exits of its threads. */
function story(events: readonly SystemEvent[], path = "app/device"): string[] {
  return events.flatMap((event) => {
    if (event.type === "life" && event.path === path) return [event.reason ?? event.state];
    if (event.type === "abandoned") return [event.exited ? "exited" : "abandoned"];
    return [];
  });
}

describe("an exclusive actor whose thread sits in native code", () => {
  it("is not replaced before that thread has left; what waits for it waits", async () => {
    const made = plan();
    const { refs, app, events } = await play({
      gate: gateOf(made),
      device: reach("thread", Device, { gate }, exclusive),
    });
    const [, before] = app.tree().children!;
    const blocked = failure(refs.device.ask.block(2));
    const waiting = refs.device.ask.say("after it");
    expect(await blocked).toMatchObject({ code: "ActorDied" });
    const waits = `waits for the exit of ${before!.host}`;
    await until(() => app.tree().children![1]!.reason === waits, "the reason in the tree");
    expect(app.tree().children![1]!.state).toBe("starting");
    expect(await waiting).toBe("after it");
    const told = story(events);
    expect(told[0]).toMatch(/^app\/device: block ran for \d+ ms, limit 200 ms/);
    expect(told.slice(1)).toEqual([waits, "abandoned", "exited", "running"]);
    expect(made.notes).toEqual(["start 1", "start 2"]);
    expect(deaths(app)).toMatchObject([{ cause: { kind: "hung" }, decision: "restart" }]);
  });

  it("is replaced at once where nobody asked for that", async () => {
    const made = plan();
    const { refs, events } = await play({
      gate: gateOf(made),
      device: reach("thread", Device, { gate }, { spare: "none" }),
    });
    const blocked = failure(refs.device.ask.block(4));
    expect(await refs.device.ask.say("beside it")).toBe("beside it");
    await blocked;
    expect(story(events)).not.toContain("exited");
  });

  it("waits after a start() that took too long, and after a restart by hand", async () => {
    const made = plan();
    made.put("start blocks", 1);
    const { refs, events } = await play(
      { gate: gateOf(made), device: reach("thread", Device, { gate }, { ...exclusive, startTimeout: "700ms" }) },
      {},
      { start: "background" },
    );
    expect(await refs.device.ask.say("second try")).toBe("second try");
    const told = story(events);
    expect(told.indexOf("exited")).toBeGreaterThan(told.indexOf("abandoned"));
    expect(told.indexOf("running")).toBeGreaterThan(told.indexOf("exited"));
  });

  it("restarts by hand only when its thread has left", async () => {
    const made = plan();
    const { refs, app, events } = await play({
      gate: gateOf(made),
      device: reach("thread", Device, { gate }, exclusive),
    });
    const blocked = failure(refs.device.with({ timeout: "20s" }).ask.block(2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    void app.restart("device");
    await blocked;
    expect(await refs.device.ask.say("second")).toBe("second");
    const told = story(events);
    expect(told.indexOf("running")).toBeGreaterThan(told.indexOf("exited"));
    expect(told.indexOf("exited")).toBeGreaterThan(0);
  });

  it("can be stopped while it waits", async () => {
    const made = plan();
    const { refs, app, events } = await play({
      gate: gateOf(made),
      device: reach("thread", Device, { gate }, exclusive),
    });
    const blocked = failure(refs.device.ask.block(4));
    await until(() => app.tree().children![1]!.reason?.startsWith("waits for") ?? false, "it to wait");
    await blocked;
    await app.stop({ drain: 0 });
    expect(made.notes).toEqual(["start 1"]);
    expect(story(events)).not.toContain("exited");
  });

  it("as a cell of keys waits too", async () => {
    const made = plan();
    const { refs, events } = await play({
      gate: gateOf(made),
      devices: keyed(reach("thread", Device, { gate }, exclusive)),
    });
    const blocked = failure(refs.devices.key("a").ask.block(2));
    const waiting = refs.devices.key("b").ask.say("after it");
    await blocked;
    expect(await waiting).toBe("after it");
    const told = story(events, "app/devices/cell-1");
    expect(told.slice(told.indexOf("abandoned"))).toEqual(["abandoned", "exited", "running"]);
  });
});

describe.each(walls)("an exclusive actor that is killed, $level", ({ level }) => {
  it("finds nobody of it alive when it starts again", async () => {
    const made = plan();
    const file = scratch("pid");
    const { refs, app } = await play({
      gate: gateOf(made),
      device: reach(level, Device, { gate, file: level === "fork" ? file : undefined }, exclusive),
    });
    const spun = failure(refs.device.ask.spin());
    expect(await refs.device.ask.say("after the loop")).toBe("after the loop");
    expect(await spun).toMatchObject({ code: "ActorDied" });
    // A process that does not even run can be ended too.
    const { host } = app.tree().children![1]!;
    if (level === "fork") process.kill(Number(host!.replace("pid ", "")), "SIGSTOP");
    app.kill("device");
    expect(await refs.device.ask.say("after the kill")).toBe("after the kill");
    if (level === "fork") {
      expect(made.notes.filter((note) => /alone|beside/.test(note))).toEqual(["1 alone", "2 alone", "3 alone"]);
    }
    expect(made.notes.filter((note) => note.startsWith("start"))).toEqual(["start 1", "start 2", "start 3"]);
  });
});

it("a loaded spare, which would run load() beside it, is refused", async () => {
  const error = await failure(play({ device: inline(Device, { gate }, { exclusive: true, spare: "loaded" }) }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/device.spare" } });
  const wrong = { exclusive: "yes" as unknown as boolean };
  expect((await failure(play({ device: inline(Device, { gate }, wrong) }))).message).toContain(
    'app/device.exclusive is "yes": give true or false',
  );
});
