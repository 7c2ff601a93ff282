import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { at, failure, gateOf, levels, plan, play } from "../behaviour/stage.js";

const gate = refTo<Gate>("gate");

/*
 * Law 2. A crash costs at most the messages whose handler was executing; everything else waits for the replacement, in
 * order.
 */
describe.each(levels)("law 2, the mailbox outlives the actor, $level", ({ level }) => {
  it("a kill costs the executing message and no other, and the order holds", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    const lost = failure(refs.hand.ask.hold("door"));
    await made.reached("door");
    // More than the window: some are with the host, some still in the mailbox.
    const asks = Array.from({ length: 160 }, (_, i) => refs.hand.ask.jot(`n${i}`));
    app.kill("hand");
    expect(await lost).toMatchObject({ code: "ActorDied" });
    await Promise.all(asks);
    expect(made.notes.filter((note) => note.startsWith("n"))).toEqual(Array.from({ length: 160 }, (_, i) => `n${i}`));
  });

  it("mail that comes while nobody is there waits", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    app.kill("hand");
    const asks = Array.from({ length: 20 }, (_, i) => refs.hand.ask.say(i));
    expect(await Promise.all(asks)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
