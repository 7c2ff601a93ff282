import { keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import * as defaults from "../../src/defaults.js";
import { presets } from "../../src/supervision/presets.js";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, failure, gateOf, levels, plan, play } from "../behaviour/stage.js";

const gate = refTo<Gate>("gate");

/*
 * Law 6. Mailboxes, in-flight windows, retries, restarts, waits, memory: each bound has a default, a unit and a policy for
 * the moment it is reached.
 */
describe("law 6, everything is bounded", () => {
  it("every default is a number or duration above zero, and none is endless", () => {
    const numbers = Object.values(defaults).filter((value) => typeof value === "number");
    expect(numbers.length).toBeGreaterThan(8);
    for (const [name, value] of Object.entries(defaults)) {
      expect(value, name).not.toBe(Number.POSITIVE_INFINITY);
      if (typeof value === "number") expect(value, name).toBeGreaterThan(0);
      else expect(value, name).toMatch(/^\d+(ms|s|m|h)$/);
    }
    for (const budget of ["intensity", "guiltyIntensity", "supervisorIntensity"] as const) {
      expect(Number.isFinite(presets.server[budget].restarts)).toBe(true);
    }
  });

  it.each(levels)("the default mailbox refuses message 1001, $level", async ({ level }) => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }, { window: 1 }) });
    const held = refs.hand.ask.hold("door");
    await made.reached("door");
    const waiting = Array.from({ length: 1000 }, () => refs.hand.ask.say(0));
    expect(await failure(refs.hand.ask.say(0))).toMatchObject({ code: "MailboxFull", details: { messages: 1000 } });
    made.open("door");
    await Promise.all([held, ...waiting]);
  });

  it.each(levels)("no more than the window is with the host, $level", async ({ level }) => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }, { window: 3 }) });
    const asks = Array.from({ length: 10 }, () => refs.hand.ask.hold("door"));
    await made.reached("door");
    expect(app.tree().children![1]!.mailbox).toMatchObject({ executing: 3, waiting: 7 });
    made.open("door");
    await Promise.all(asks);
  });

  it.each(levels)("keys are bounded, $level", async ({ level }) => {
    const { refs } = await play({ hands: keyed(at(level, Hand), { maxKeys: 1 }) });
    await refs.hands.key("a").ask.say(1);
    expect(await failure(refs.hands.key("b").ask.say(1))).toMatchObject({ code: "Unavailable", retryable: true });
  });
});
