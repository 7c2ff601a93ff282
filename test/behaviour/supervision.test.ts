import { refTo, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Gate, Plan } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");
const soon = { initial: 1, max: 1 };

/** What the notes say after the first starts are over. */
function since(made: Plan, from: number): string[] {
  return made.notes.slice(from).filter((note) => !note.startsWith("starting"));
}

describe.each(levels)("a supervisor of real actors, $level", ({ level }) => {
  const starter = (name: string, options = {}, props = {}) => at(level, SlowStarter, { name, gate, ...props }, options);

  async function three(strategy: "one-for-one" | "rest-for-one" | "all-for-one", options = {}) {
    const made = plan();
    const below = supervisor(
      { strategy },
      { a: starter("a", options), b: starter("b", options), c: starter("c", options) },
    );
    const scene = await play({ gate: gateOf(made), below });
    return { ...scene, made, refs: scene.refs.below, from: made.notes.length };
  }

  it("one-for-one: restarts the dead one alone", async () => {
    const { refs, made, from } = await three("one-for-one");
    await failure(refs.b.ask.fail());
    expect(await refs.b.ask.say(1)).toBe(1);
    expect(since(made, from)).toEqual(["started b"]);
  });

  it("rest-for-one: stops what was started after it, in reverse, and starts all of them in order", async () => {
    const { refs, made, from } = await three("rest-for-one");
    await failure(refs.b.ask.fail());
    expect(await refs.c.ask.say(1)).toBe(1);
    expect(since(made, from)).toEqual(["stopped c", "started b", "started c"]);
  });

  it("all-for-one: stops the others in reverse and starts all in order", async () => {
    const { refs, made, from } = await three("all-for-one");
    await failure(refs.b.ask.fail());
    expect(await refs.c.ask.say(1)).toBe(1);
    expect(since(made, from)).toEqual(["stopped c", "stopped a", "started a", "started b", "started c"]);
  });

  it("keeps the mail of siblings through a group restart", async () => {
    const { refs, app } = await three("all-for-one");
    const asks = Array.from({ length: 20 }, (_, i) => refs.c.ask.say(i));
    app.kill("below/a");
    const results = await Promise.allSettled(asks);
    for (const [i, result] of results.entries()) {
      if (result.status === "fulfilled") expect(result.value).toBe(i);
      else expect(result.reason).toMatchObject({ code: "ActorDied" });
    }
    expect(results.filter(({ status }) => status === "rejected").length).toBeLessThanOrEqual(1);
    expect(await refs.a.ask.say("back")).toBe("back");
  });

  it("restarts brutally stopped siblings in fresh hosts, without a failed start", async () => {
    const { refs, app, events } = await three("all-for-one", { shutdown: "brutal" });
    await failure(refs.b.ask.fail());
    expect(await Promise.all([refs.a.ask.say(1), refs.b.ask.say(2), refs.c.ask.say(3)])).toEqual([1, 2, 3]);
    expect(events.filter((event) => event.type === "life" && event.state === "waiting")).toEqual([]);
    expect(app.tree().children![1]!.children!.map(({ restarts }) => restarts)).toEqual([1, 1, 1]);
  });

  it("gives up over its budget: the app ends with the reason, and what waits is told", async () => {
    const { app, refs, reports } = await play({
      bomb: at(level, Hand, undefined, { intensity: { restarts: 1, within: "60s" }, backoff: soon }),
      other: at(level, Hand),
    });
    for (let i = 0; i < 2; i++) {
      await until(() => app.tree().children![0]!.state === "running", "the bomb to be up");
      void refs.bomb.ask.armBomb(1).catch(() => {});
      await until(() => app.reports().length > i, `death ${i + 1}`);
    }
    const error = await app.ended;
    expect(error).toMatchObject({ code: "GaveUp" });
    expect(error!.message).toMatch(/bomb/);
    expect(await failure(refs.other.ask.say(1))).toMatchObject({ code: "GaveUp" });
    expect(app.tree().state).toBe("stopped");
    await until(() => reports.length === 3, "all reports complete");
    expect(reports.map(({ path, decision }) => `${path} ${decision}`)).toEqual([
      "app/bomb restart",
      "app/bomb escalate",
      "app stop",
    ]);
  });

  it("that gave up while nobody listens is told by a process warning", async () => {
    const warned = new Promise<NodeJS.ErrnoException>((resolve) => process.once("warning", resolve));
    const { refs } = await play({ bomb: at(level, Hand, undefined, { intensity: { restarts: 0, within: "60s" } }) });
    await refs.bomb.ask.armBomb(1).catch(() => {});
    const warning = await warned;
    expect(warning.code).toBe("HOLDFAST_GAVE_UP");
    expect(warning.message).toContain('app has ended: child "bomb" is over its budget');
  });

  it("parks a child over its budget where it says quarantine, and lets its host go", async () => {
    const { app, refs, reports } = await play({
      bomb: at(level, Hand, undefined, {
        intensity: { restarts: 0, within: "60s" },
        overBudget: "quarantine",
        spare: "none",
      }),
      other: at(level, Hand),
    });
    await refs.bomb.ask.armBomb(1);
    await until(() => app.tree().children![0]!.state === "quarantined", "the bomb to be parked");
    expect(await failure(refs.bomb.ask.say(1))).toMatchObject({ code: "Unavailable", retryable: true });
    expect(await refs.other.ask.say("fine")).toBe("fine");
    expect(app.tree().children![0]!.host).toBeUndefined();
    expect(app.tree().children![0]!.reason).toContain("a timer of this actor");
    expect(reports.map(({ decision }) => decision)).toEqual(["quarantine"]);
  });

  it("does not charge the budget of unknown guilt for what a message did", async () => {
    const { refs } = await play({ hand: at(level, Hand, undefined, { intensity: { restarts: 0, within: "60s" } }) });
    for (let i = 0; i < 10; i++) await failure(refs.hand.ask.fail("bad input"));
    expect(await refs.hand.ask.say("still here")).toBe("still here");
  });

  it("a nested supervisor that gives up is restarted by the one above", async () => {
    const made = plan();
    const nested = supervisor(
      { intensity: { restarts: 0, within: "60s" } },
      { bomb: starter("bomb", { backoff: soon }), sibling: starter("sibling") },
    );
    const { app, refs, events } = await play({ gate: gateOf(made), nested, other: at(level, Hand) });
    const from = made.notes.length;
    await refs.nested.bomb.ask.armBomb(1);
    await until(() => since(made, from).length >= 3, "the nested children to be back");
    expect(since(made, from)).toEqual(["stopped sibling", "started bomb", "started sibling"]);
    await until(() => app.tree().children![1]!.state === "running", "the nested supervisor to be back");
    expect(await refs.nested.sibling.ask.say(1)).toBe(1);
    expect(events.some((event) => event.type === "life" && event.path === "app/nested")).toBe(true);
    expect(app.tree().children![1]).toMatchObject({ kind: "supervisor", restarts: 1 });
  });

  it("leaves a temporary child that died alone, and tells its callers that it has ended", async () => {
    const { app, refs } = await play({
      hand: at(level, Hand, undefined, { restart: "temporary" }),
      other: at(level, Hand),
    });
    expect(await failure(refs.hand.ask.fail("once"))).toMatchObject({ code: "HandlerFailed" });
    await until(() => app.tree().children!.length === 1, "the child to be forgotten");
    expect(await failure(refs.hand.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    expect(app.reports()).toMatchObject([{ decision: "stop" }]);
  });
});
