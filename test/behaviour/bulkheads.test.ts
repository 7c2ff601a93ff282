import { pool, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";

const gate = refTo<Gate>("gate");
const megabyte = "x".repeat(500_000); // two bytes a letter, at most

describe.each(levels)("a flooded pool beside a quiet one, $level", ({ level }) => {
  it("does not keep the quiet one from answering: it answers all while the flood still waits", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      flooded: pool(at(level, Hand, { gate }), { size: 2 }),
      quiet: pool(at(level, Hand, { gate }), { size: 1 }),
    });
    const stuck = [refs.flooded.ask.hold("door"), refs.flooded.ask.hold("door")];
    await made.reached("door", 2);
    let taken = 0;
    while (refs.flooded.tell.say(taken)) taken++;
    expect(taken).toBe(1000);
    for (let i = 0; i < 100; i++) expect(await refs.quiet.ask.say(i)).toBe(i);
    const waiting = () => app.tree().children!.find(({ name }) => name === "flooded")!.mailbox!.waiting;
    expect(waiting()).toBe(1000);
    made.open("door");
    await Promise.all(stuck);
    expect(await refs.flooded.ask.say("behind all")).toBe("behind all");
  });

  it("does not keep the quiet one from taking its share of the memory for mail", async () => {
    const made = plan();
    const { refs } = await play(
      {
        gate: gateOf(made),
        flooded: pool(at(level, Hand, { gate }), { size: 1 }),
        quiet: pool(at(level, Hand, { gate }), { size: 1 }),
      },
      {},
      { memory: { mailMb: 16 } },
    );
    const held = [refs.flooded.ask.hold("door"), refs.quiet.ask.hold("door")];
    await made.reached("door", 2);
    const fill = (ref: typeof refs.quiet) => {
      let count = 0;
      while (ref.tell.say(megabyte)) count++;
      return count;
    };
    const flood = fill(refs.flooded);
    const share = fill(refs.quiet);
    expect(flood).toBeLessThan(40);
    expect(share).toBeGreaterThanOrEqual(Math.floor(flood / 2) - 1);
    const refused = await failure(refs.flooded.ask.say(megabyte));
    expect(refused).toMatchObject({ code: "MailboxFull", retryable: true });
    expect(refused.message).toContain("its share of memory.mailMb, 8388608");
    made.open("door");
    await Promise.all(held);
    expect(await refs.quiet.ask.say(1)).toBe(1);
    expect(await refs.flooded.ask.say(2)).toBe(2);
  });
});
