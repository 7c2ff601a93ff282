import { isHoldfastError, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, gateOf, levels, plan, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";

const gate = refTo<Gate>("gate");

/*
 * Law 1. Every ask settles exactly once: a value, or a typed error that says whether retrying is safe. Nothing hangs past
 * its deadline, nothing vanishes. A lost tell is a dead letter with sender, reason and incarnation.
 */
describe.each(levels)("law 1, one outcome, $level", ({ level }) => {
  it("every ask of a storm settles, once, with a value or a typed error", async () => {
    const { refs, app } = await play({ hand: at(level, Hand, undefined, { mailbox: { messages: 50 } }) });
    let settled = 0;
    const outcomes: Promise<PromiseSettledResult<unknown>>[] = [];
    for (let i = 0; i < 120; i++) {
      const caller = new AbortController();
      const ref = refs.hand.with({ signal: caller.signal, timeout: i % 7 === 0 ? 1 : "20s" });
      const ask = i % 5 === 0 ? ref.ask.fail("x") : i % 11 === 0 ? ref.ask.refuse("no") : ref.ask.say(i);
      outcomes.push(
        Promise.allSettled([ask]).then(([one]) => {
          settled++;
          return one;
        }),
      );
      if (i % 13 === 0) caller.abort();
      if (i % 40 === 20) app.kill("hand");
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const results = await Promise.all(outcomes);
    expect(settled).toBe(120);
    for (const [i, result] of results.entries()) {
      if (result.status === "fulfilled") expect(result.value).toBe(i);
      else {
        expect(isHoldfastError(result.reason), String(result.reason)).toBe(true);
        expect(typeof result.reason.retryable).toBe("boolean");
      }
    }
  });

  it("an ask ends at its deadline, whatever its handler does", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const asked = refs.hand.with({ timeout: 300 }).ask.hold("never");
    await expect(asked).rejects.toMatchObject({ code: "Timeout" });
  });

  it("every tell is handled or becomes a dead letter", async () => {
    const made = plan();
    const { refs, app, letters } = await play({
      gate: gateOf(made),
      hand: at(level, Hand, { gate }, { mailbox: { messages: 5 }, window: 2 }),
    });
    const held = refs.hand.ask.hold("door");
    held.catch(() => {});
    await made.reached("door");
    let accepted = 0;
    for (let i = 0; i < 12; i++) if (refs.hand.with({ sender: "storm" }).tell.jot(`told ${i}`)) accepted++;
    app.kill("hand");
    await held.catch(() => {});
    const heard = () => made.notes.filter((note) => note.startsWith("told")).length;
    await until(() => heard() + letters.length === 12, "all twelve to be accounted for");
    expect(heard()).toBe(accepted);
    for (const letter of letters) {
      expect(letter).toMatchObject({ sender: "storm", method: "jot", reason: "MailboxFull", path: "app/hand" });
      expect(letter.incarnation).toBeGreaterThan(0);
    }
  });
});
