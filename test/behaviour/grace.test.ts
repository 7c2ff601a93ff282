import { writeFileSync } from "node:fs";
import { causeText, refTo, type SystemEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { Counting, Keeper, Lingerer } from "../actors/reach.mjs";
import type { Gate } from "./gate.js";
import { reach } from "./reach.js";
import { scratch } from "./scratch.js";
import { deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

/** A file that is not there yet. */
const file = () => scratch("go");
const fenced = (events: readonly SystemEvent[]) =>
  events.flatMap((event) => (event.type === "fenced" ? [`${event.what} of ${event.incarnation}`] : []));

describe.each(levels)("what a crashed incarnation left running, $level", ({ level }) => {
  it("can do nothing to the next one: its timers, sends and answers are dropped, and counted", async () => {
    const made = plan();
    const go = file();
    const { refs, app, events, letters } = await play({
      gate: gateOf(made),
      keeper: reach("inline", Keeper),
      lingerer: reach(level, Lingerer, { gate }, { grace: Number.POSITIVE_INFINITY }),
    });
    const held = failure(refs.lingerer.ask.hold(go, refs.keeper));
    await made.noted(`holds ${go}`);
    expect(await failure(refs.lingerer.ask.fail())).toMatchObject({ code: "HandlerFailed" });
    expect(await held).toMatchObject({ code: "ActorDied" });
    expect(await refs.lingerer.ask.who()).toBe(2);
    writeFileSync(go, "");
    await until(() => fenced(events).includes("outcome of 1"), "the late answer");
    expect(fenced(events).sort()).toEqual(["ask of 1", "ask of 1", "outcome of 1", "tell of 1", "tell of 1"]);
    expect(letters.map(({ reason, method, incarnation }) => [reason, method, incarnation])).toEqual([
      ["fenced", "jot", 1],
      ["fenced", "keep", 1],
    ]);
    expect(await refs.keeper.ask.kept()).toEqual([]);
    expect(await refs.lingerer.ask.who()).toBe(2);
    expect(made.notes).toEqual(["start 1", `holds ${go}`, "start 2"]);
    expect(app.ref("lingerer/late")).toBeUndefined();
    expect(deaths(app)).toHaveLength(1);
  });

  it("cannot bring an old snapshot, and its message runs again on the restored state", async () => {
    const go = file();
    const { refs, app } = await play({ counting: reach(level, Counting, undefined, { grace: "20s" }) });
    expect(await refs.counting.ask.add()).toBe(1);
    await refs.counting.ask.armBomb(30);
    const twice = refs.counting.ask.addTwice(go);
    await until(() => app.reports().length === 1, "the crash of the timer");
    writeFileSync(go, "");
    // The first run of it ends too, and is heard by nobody: 1 + 2, not 1 + 2 + 2.
    expect(await twice).toBe(3);
    expect(await refs.counting.ask.add()).toBe(4);
    expect(await refs.counting.ask.incarnation()).toBe(2);
  });
});

describe.each(walls)("what does not settle within grace, $level", ({ level }) => {
  it("goes with its host, and nobody of the new incarnation is to blame", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      lingerer: reach(level, Lingerer, { gate }, { grace: 300, guiltyIntensity: { restarts: 1, within: "60s" } }),
    });
    const first = failure(refs.lingerer.ask.forever());
    expect(await failure(refs.lingerer.ask.fail())).toMatchObject({ code: "HandlerFailed" });
    expect(await first).toMatchObject({ code: "ActorDied" });
    expect(await refs.lingerer.ask.who()).toBe(2);
    const second = failure(refs.lingerer.ask.forever());
    expect(await second).toMatchObject({ code: "ActorDied" });
    expect(await refs.lingerer.ask.who()).toBe(3);
    expect(deaths(app).map(({ cause }) => causeText(cause))).toEqual([
      "handler threw Error: as told",
      "forever of incarnation 1, which was over, still ran 300 ms later (grace)",
    ]);
    const [, death] = deaths(app);
    expect(death).toMatchObject({ incarnation: 2, decision: "restart", executing: [{ method: "forever", deaths: 0 }] });
  });

  it("is waited for by an exclusive actor, which is never rebuilt beside it", async () => {
    const made = plan();
    const go = file();
    const { refs, app } = await play({
      gate: gateOf(made),
      lingerer: reach(level, Lingerer, { gate }, { exclusive: true, grace: "20s" }),
    });
    void failure(refs.lingerer.ask.hold(go));
    await made.noted(`holds ${go}`);
    await failure(refs.lingerer.ask.fail());
    const next = refs.lingerer.ask.who();
    expect(app.tree().children![1]).toMatchObject({ state: "starting", reason: "waits for hold of incarnation 1" });
    expect(made.notes).not.toContain("start 2");
    writeFileSync(go, "");
    expect(await next).toBe(2);
    expect(deaths(app)).toHaveLength(1);
  });

  it("ends the host of an exclusive actor too, and that is a failed start", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      lingerer: reach(level, Lingerer, { gate }, { exclusive: true, grace: 200, backoff: { initial: 1 } }),
    });
    void failure(refs.lingerer.ask.forever());
    await failure(refs.lingerer.ask.fail());
    expect(await refs.lingerer.ask.who()).toBe(2);
    expect(deaths(app).map(({ cause }) => cause.kind)).toEqual(["threw", "start-failed"]);
  });
});

it("inline nobody can end it: an event tells, and the actor goes on", async () => {
  const made = plan();
  const { refs, app, events } = await play({
    gate: gateOf(made),
    lingerer: reach("inline", Lingerer, { gate }, { grace: 20 }),
  });
  void failure(refs.lingerer.ask.forever());
  await failure(refs.lingerer.ask.fail());
  await until(() => events.some(({ type }) => type === "lingering"), "the event");
  expect(events.filter(({ type }) => type === "lingering")).toEqual([
    { type: "lingering", path: "app/lingerer", incarnation: 1, methods: ["forever"], graceMs: 20 },
  ]);
  expect(await refs.lingerer.ask.who()).toBe(2);
  expect(deaths(app)).toHaveLength(1);
});

it("a wrong grace is refused", async () => {
  const lingerer = reach("inline", Lingerer, { gate }, { grace: -1 });
  expect((await failure(play({ lingerer }))).message).toContain("app/lingerer.grace is -1");
});
