import { pool } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, failure, play, walls } from "../behaviour/stage.js";

/*
 * Law 4. After any death we know which message was executing, from a record that outlives the thread or process. A message
 * that kills twice is quarantined, with evidence; it never rolls through the pool.
 */
describe.each(walls)("law 4, guilt is exact, $level", ({ level }) => {
  it("names the message that was executing, among many that waited", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const before = [1, 2, 3].map((n) => refs.hand.ask.say(n));
    const guilty = failure(refs.hand.ask.exit(7));
    const after = [4, 5, 6].map((n) => refs.hand.ask.say(n));
    expect(await guilty).toMatchObject({ code: "ActorDied" });
    expect(await Promise.all([...before, ...after])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(app.reports().map(({ executing }) => executing.map(({ method, seq }) => [method, seq]))).toEqual([
      [["exit", 4]],
    ]);
  });

  it("a message that kills is tried twice in a pool of four, not four times", async () => {
    const { refs, app, letters } = await play({ hands: pool(at(level, Hand), { size: 4 }) });
    const error = await failure(refs.hands.ask.poison("pill"));
    expect(error).toMatchObject({ code: "PoisonedMessage", details: { deaths: 2 } });
    expect(await refs.hands.ask.say("alive")).toBe("alive");
    expect(app.reports()).toHaveLength(2);
    expect(letters).toMatchObject([{ reason: "poison", method: "poison", shape: "[string]" }]);
  });

  it("is known of a loop that never ends, too", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const innocent = refs.hand.ask.say("innocent");
    expect(await failure(refs.hand.ask.hangAgain())).toMatchObject({ code: "PoisonedMessage" });
    expect(await innocent).toBe("innocent");
    expect(app.reports().map(({ cause, executing }) => [cause.kind, executing[0]!.method])).toEqual([
      ["hung", "hangAgain"],
      ["hung", "hangAgain"],
    ]);
  });
});
