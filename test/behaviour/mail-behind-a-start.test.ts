import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play } from "./stage.js";

/*
 * After a death in a thread the mail follows the start in one trip and waits in the host; elsewhere it waits in the
 * mailbox. What becomes of it is the same, also when that start fails or takes long.
 */

const gate = refTo<Gate>("gate");
const backoff = { initial: 1, max: 1 };

describe.each(levels)("mail behind a start, $level", ({ level }) => {
  it("is answered after restarts that failed, in order", async () => {
    const made = plan();
    const props = { gate, name: "slow", fails: "fault" };
    const { refs, app } = await play({ gate: gateOf(made), slow: at(level, SlowStarter, props, { backoff }) });
    made.put("fault", 2);
    const failed = failure(refs.slow.ask.fail());
    const answers: unknown[] = [];
    const said = [1, 2, 3, 4, 5].map(async (n) => answers.push(await refs.slow.ask.say(n)));
    expect(await failed).toMatchObject({ code: "HandlerFailed" });
    await Promise.all(said);
    expect(answers).toEqual([1, 2, 3, 4, 5]);
    const seen = deaths(app).map(({ cause, decision }) => [cause.kind, decision]);
    expect(seen).toEqual([
      ["threw", "restart"],
      ["start-failed", "restart"],
      ["start-failed", "restart"],
    ]);
  });

  it("is not counted as service when its caller gives up before the start is done", async () => {
    const made = plan();
    made.open("held");
    const props = { gate, name: "slow", held: "held" };
    const { refs, app } = await play({ gate: gateOf(made), slow: at(level, SlowStarter, props, { backoff }) });
    made.close("held");
    const failed = failure(refs.slow.ask.fail());
    const impatient = failure(refs.slow.with({ timeout: 60 }).ask.say("never"));
    const patient = refs.slow.ask.say("patient");
    expect(await failed).toMatchObject({ code: "HandlerFailed" });
    expect(await impatient).toMatchObject({ code: "Timeout" });
    const [report] = deaths(app);
    expect(report?.times.redeliverMs).toBeUndefined();
    made.open("held");
    expect(await patient).toBe("patient");
    expect(report?.times.redeliverMs).toBeGreaterThanOrEqual(0);
  });
});
