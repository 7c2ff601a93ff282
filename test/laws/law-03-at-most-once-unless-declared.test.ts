import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, failure, gateOf, levels, plan, play } from "../behaviour/stage.js";

const gate = refTo<Gate>("gate");

/*
 * Law 3. A handler runs at most once per message, unless its method is declared idempotent (then it is redelivered, within
 * its deadline) or its actor is replayable (the message runs again on the restored state).
 */
describe.each(levels)("law 3, at most once unless declared, $level", ({ level }) => {
  it("a message that is not declared safe never begins twice", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    for (let round = 1; round <= 3; round++) {
      const asked = failure(refs.hand.ask.hold(`door ${round}`));
      await made.reached(`door ${round}`);
      app.kill("hand");
      expect(await asked).toMatchObject({ code: "ActorDied" });
    }
    await refs.hand.ask.say("after");
    for (let round = 1; round <= 3; round++) expect(made.arrivals(`door ${round}`)).toBe(1);
  });

  it("an idempotent one runs again until it is done, within its deadline", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const asked = refs.hand.ask.again("door");
    for (let life = 1; life <= 3; life++) {
      await made.reached("door", life);
      app.kill("hand");
    }
    await made.reached("door", 4);
    made.open("door");
    expect(await asked).toBe(4);
  });

  it("of a replayable actor each message counts exactly once in the state", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      ledger: at(level, Ledger, { gate }, { snapshotEvery: 3 }),
    });
    const entries = Array.from({ length: 30 }, (_, i) => `e${i}`);
    const asks = entries.map((entry) => refs.ledger.ask.add(entry));
    for (const at of [5, 12, 20]) {
      await asks[at];
      app.kill("ledger");
    }
    expect(await Promise.all(asks)).toEqual(entries.map((_, i) => i + 1));
    expect(await refs.ledger.ask.all()).toEqual(entries);
  });
});
