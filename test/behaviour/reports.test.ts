import { causeText, refTo, treeText } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a death report, $level", ({ level }) => {
  it("comes once for a death: noticed, then complete, as one object", async () => {
    const { refs, events, app } = await play({ hand: at(level, Hand) });
    await failure(refs.hand.ask.fail("x"));
    await refs.hand.ask.say("served again");
    await until(() => events.some(({ type }) => type === "report"), "the complete report");
    const told = events.flatMap((event) => (event.type === "death" || event.type === "report" ? [event] : []));
    expect(told.map(({ type }) => type)).toEqual(["death", "report"]);
    expect(told[0]!.report).toBe(told[1]!.report);
    expect(app.reports()).toEqual([told[1]!.report]);
  });

  it("says who, which message, why, what was done and how long it took", async () => {
    const made = plan();
    const { refs, app, reports } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const asked = refs.hand.ask.again("door");
    await made.reached("door");
    const behind = refs.hand.ask.say("behind");
    app.kill("hand", { by: "a test" });
    made.open("door");
    await Promise.all([asked, behind]);
    await until(() => reports.length === 1, "the complete report");
    const [report] = reports;
    expect(report).toMatchObject({
      id: 1,
      path: "app/hand",
      key: undefined,
      incarnation: 1,
      isolation: level,
      cause: { kind: "killed", by: "a test" },
      executing: [{ method: "again", seq: 1, deaths: 0, shape: "[string]" }],
      redelivered: 2,
      failed: 0,
      poisoned: 0,
      decision: "restart",
    });
    expect(causeText(report!.cause)).toBe("killed by a test");
    expect(report!.host).toMatch({ inline: /^inline$/, thread: /^thread \d+$/, fork: /^pid \d+$/ }[level]);
    for (const step of ["decideMs", "restartMs", "warmMs", "redeliverMs"] as const) {
      expect(report!.times[step], step).toBeGreaterThanOrEqual(0);
    }
    expect(report!.executing[0]!.ranForMs).toBeGreaterThanOrEqual(0);
    expect(["cold", "spare"]).toContain(report!.level);
  });

  it("shows the form, size and digest of a message, and never its payload", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    await failure(refs.hand.ask.fail("the secret of the caller"));
    await failure(refs.hand.ask.fail("the secret of the caller"));
    await failure(refs.hand.ask.fail("another"));
    const evidence = app.reports().map(({ executing }) => executing[0]!);
    expect(evidence[0]).toMatchObject({ method: "fail", shape: "[string]", bytes: 80 });
    expect(evidence[0]!.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(evidence[1]!.digest).toBe(evidence[0]!.digest);
    expect(evidence[2]!.digest).not.toBe(evidence[0]!.digest);
    const shown = JSON.stringify(evidence);
    expect(shown).not.toContain("secret");
  });

  it("keeps the most recent 200", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    for (let i = 0; i < 205; i++) await failure(refs.hand.ask.fail("x"));
    expect(app.reports()).toHaveLength(200);
    expect(app.reports()[199]!.id).toBe(205);
  });

  it("the tree tells who lives, where, and how often it was rebuilt", async () => {
    const { refs, app } = await play({ hand: at(level, Hand), other: at(level, Hand) });
    await failure(refs.hand.ask.fail("x"));
    await refs.hand.ask.say(1);
    const [hand, other] = app.tree().children!;
    expect(hand).toMatchObject({ path: "app/hand", kind: "actor", state: "running", isolation: level, restarts: 1 });
    expect(other).toMatchObject({ path: "app/other", incarnation: 1, restarts: 0 });
    expect(treeText(app.tree()).split("\n")).toHaveLength(3);
    expect(treeText(app.tree())).toMatch(/● app.*\n├─ ● hand.*restarts 1.*\n└─ ● other/);
  });

  it("a listener that throws disturbs nobody", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const off = app.subscribe(() => {
      throw new Error("a bad listener");
    });
    expect(await failure(refs.hand.ask.fail("x"))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.hand.ask.say(1)).toBe(1);
    expect((await warned).message).toContain("a bad listener");
    off();
  });
});

describe.each(walls)("a death report of a host, $level", ({ level }) => {
  it("says when it happened where the dying host could say so", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    await failure(refs.hand.ask.uncaught());
    expect(app.reports()[0]).toMatchObject({ cause: { kind: "uncaught", error: { message: "in nobody's handler" } } });
    expect(app.reports()[0]!.times.detectMs).toBeGreaterThanOrEqual(0);
  });

  it("shows the arguments of a method that reveals them", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    await failure(refs.hand.ask.hangShown("not a secret"));
    expect(app.reports()[0]!.executing[0]!.args).toEqual(["not a secret"]);
  });
});

describe("a death report of a process that ended before an answer was out", () => {
  it("and the asker are told that the message had finished, and not that it was executing", async () => {
    const { refs, app } = await play({ hand: at("fork", Hand) });
    const error = await failure(refs.hand.ask.answerInVain());
    expect(error).toMatchObject({ code: "ActorDied", retryable: false, details: { cause: "exit", finished: true } });
    expect(error.message).toContain("answerInVain had finished when its host died, and its answer was lost with it");
    expect(app.reports()[0]).toMatchObject({
      executing: [],
      answersLost: [{ method: "answerInVain", seq: 1, deaths: 0 }],
      failed: 1,
    });
  });
});
