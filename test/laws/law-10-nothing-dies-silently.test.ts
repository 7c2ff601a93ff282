import { keyed, pool } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, failure, levels, play, walls } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";

/* Law 10. Every death yields one report: who, which message, why, what was done, how long it took. */
describe.each(levels)("law 10, nothing dies silently, $level", ({ level }) => {
  it("as many reports as deaths: of an actor, of a pool's member, of a key", async () => {
    const { app, refs, reports } = await play({
      hand: at(level, Hand),
      hands: pool(at(level, Hand), { size: 2 }),
      keys: keyed(at(level, Hand)),
    });
    await failure(refs.hand.ask.fail("1"));
    await failure(refs.hands.ask.fail("2"));
    await failure(refs.keys.key("k").ask.fail("3"));
    app.kill("hand");
    await refs.hand.ask.say("back");
    await refs.hands.ask.say("back");
    await refs.keys.key("k").ask.say("back");
    await until(() => reports.length === 4, "four complete reports");
    const said = app
      .reports()
      .map(({ path, key, cause, decision }) => [path.replace(/\d$/, "n"), key, cause.kind, decision]);
    expect(said).toEqual([
      ["app/hand", undefined, "threw", "restart"],
      ["app/hands/n", undefined, "threw", "restart"],
      ["app/keys/k", "k", "threw", "restart"],
      ["app/hand", undefined, "killed", "restart"],
    ]);
    for (const report of app.reports()) {
      expect(report.times.decideMs).toBeGreaterThanOrEqual(0);
      expect(report.times.restartMs).toBeGreaterThanOrEqual(0);
      expect(report.times.warmMs).toBeGreaterThanOrEqual(0);
      expect(report.host).not.toBe("");
    }
  });

  it("a report is complete even when the system ends before service is back", async () => {
    const { app, refs, reports } = await play({
      hand: at(level, Hand, undefined, { backoff: { initial: "1h", max: "1h" } }),
    });
    await refs.hand.ask.armBomb(1);
    await until(() => app.reports().length === 1, "the first death");
    await refs.hand.ask.armBomb(1);
    await until(() => app.reports().length === 2, "the second death, which waits an hour");
    await app.stop({ drain: 0 });
    expect(reports).toHaveLength(2);
  });
});

describe.each(walls)("law 10, nothing dies silently, a host in $level", ({ level }) => {
  it("each way to end a host has its own cause", async () => {
    const { app, refs } = await play({ hand: at(level, Hand) });
    await failure(refs.hand.ask.exit(5));
    await failure(refs.hand.ask.uncaught());
    await failure(refs.hand.ask.hang());
    await refs.hand.ask.say("back");
    app.kill("hand", { by: "me" });
    await refs.hand.ask.say("back");
    expect(app.reports().map(({ cause }) => cause.kind)).toEqual(["exit", "uncaught", "hung", "killed"]);
    expect(app.reports()[0]!.cause).toMatchObject({ code: 5 });
    expect(app.reports()[3]!.cause).toEqual({ kind: "killed", by: "me" });
  });
});
