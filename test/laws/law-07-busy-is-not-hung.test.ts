import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, failure, gateOf, plan, play, walls } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";

const gate = refTo<Gate>("gate");

/* Law 7. A long inference is never killed for being long; a stuck one always is, within its limit. */
describe.each(walls)("law 7, busy is not hung, $level", ({ level }) => {
  it("a stuck one is killed at its own method's limit, while a longer one within its limit goes on", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), stuck: at(level, Hand), busy: at(level, Hand, { gate }) });
    const long = refs.busy.ask.patient("door");
    await made.reached("door");
    expect(await failure(refs.stuck.ask.hang())).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
    expect(await failure(refs.stuck.ask.hang())).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
    expect(app.reports().map(({ path }) => path)).toEqual(["app/stuck", "app/stuck"]);
    made.open("door");
    expect(await long).toBe("door");
    expect(await refs.busy.ask.who()).toMatchObject({ incarnation: 1 });
  });

  it("time spent waiting behind others does not count", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const long = refs.hand.ask.patient("door");
    await made.reached("door");
    // Its limit is 150 ms; it waits for longer than that before it begins.
    const quick = failure(refs.hand.ask.hang());
    const began = performance.now();
    await until(() => performance.now() - began > 400, "the wait to be longer than the limit");
    expect(app.reports()).toEqual([]);
    made.open("door");
    expect(await long).toBe("door");
    expect(await quick).toMatchObject({ details: { cause: "hung" } });
    expect((app.reports()[0]!.cause as { ageMs: number }).ageMs).toBeGreaterThanOrEqual(150);
  });

  it("a caller that gave up does not make a busy handler a dead one", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const asked = failure(refs.hand.with({ timeout: 300 }).ask.patient("door"));
    await made.reached("door");
    expect(await asked).toMatchObject({ code: "Timeout" });
    made.open("door");
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 1 });
    expect(app.reports()).toEqual([]);
  });
});
