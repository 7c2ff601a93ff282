import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

describe.each(levels)("a bounded mailbox, $level", ({ level }) => {
  async function held(mailbox: { messages?: number; bytes?: number; overflow?: "refuse" | "drop-oldest" | "wait" }) {
    const gate = plan();
    const scene = await play({
      gate: gateOf(gate),
      hand: at(level, Hand, { gate: refTo<Gate>("gate") }, { window: 1, mailbox }),
    });
    const holding = scene.refs.hand.ask.hold("door");
    await gate.reached("door");
    return { ...scene, gate, holding };
  }

  it("refuses past its messages, and a retry is safe", async () => {
    const { refs, gate, letters, app } = await held({ messages: 2 });
    const waiting = [refs.hand.ask.say(1), refs.hand.ask.say(2)];
    const error = await failure(refs.hand.ask.say(3));
    expect(error).toMatchObject({ code: "MailboxFull", retryable: true });
    expect(error.message).toContain("the mailbox of app/hand is full: 2 messages");
    expect(refs.hand.tell.say(4)).toBe(false);
    expect(letters).toMatchObject([{ method: "say", reason: "MailboxFull", shape: "[number]" }]);
    expect(app.tree().children![1]!.mailbox).toEqual({ waiting: 2, executing: 1, capacity: 2 });
    gate.open("door");
    expect(await Promise.all(waiting)).toEqual([1, 2]);
    expect(await refs.hand.ask.say(3)).toBe(3);
  });

  it("refuses past its bytes, and a message that could never fit for good", async () => {
    const { refs, gate } = await held({ bytes: 10_000 });
    const first = refs.hand.ask.say(new Uint8Array(6000));
    expect(await failure(refs.hand.ask.say(new Uint8Array(6000)))).toMatchObject({ code: "MailboxFull" });
    const small = refs.hand.ask.say(new Uint8Array(1000));
    expect(await failure(refs.hand.ask.say(new Uint8Array(20_000)))).toMatchObject({
      code: "InvalidValue",
      retryable: false,
    });
    gate.open("door");
    expect(await Promise.all([first, small])).toEqual([new Uint8Array(6000), new Uint8Array(1000)]);
  });

  it("drops the oldest for a newer one: its caller hears of it", async () => {
    const { refs, gate } = await held({ messages: 2, overflow: "drop-oldest" });
    const [oldest, second] = [failure(refs.hand.ask.say(1)), refs.hand.ask.say(2)];
    const newest = refs.hand.ask.say(3);
    expect(await oldest).toMatchObject({ code: "Dropped", retryable: true });
    gate.open("door");
    expect(await Promise.all([second, newest])).toEqual([2, 3]);
  });

  it("lets as many again wait outside, and refuses beyond", async () => {
    const { refs, gate } = await held({ messages: 2, overflow: "wait" });
    const asks = [1, 2, 3, 4].map((n) => refs.hand.ask.say(n));
    expect(await failure(refs.hand.ask.say(5))).toMatchObject({ code: "MailboxFull" });
    gate.open("door");
    expect(await Promise.all(asks)).toEqual([1, 2, 3, 4]);
  });

  it("outlives a death: what waited is answered in order by the next incarnation", async () => {
    const gate = plan();
    const scene = await play({
      gate: gateOf(gate),
      hand: at(level, Hand, { gate: refTo<Gate>("gate") }, { window: 3 }),
    });
    const { refs, app } = scene;
    const lost = failure(refs.hand.ask.hold("door"));
    await gate.reached("door");
    const numbers = Array.from({ length: 10 }, (_, i) => String(i));
    const waiting = numbers.map((n) => refs.hand.ask.jot(n));
    app.kill("hand");
    expect(await lost).toMatchObject({ code: "ActorDied", retryable: false });
    await Promise.all(waiting);
    expect(gate.notes.filter((note) => /^\d+$/.test(note))).toEqual(numbers);
    expect(gate.notes).toContain("start 2");
    await until(() => scene.reports.length === 1, "the report");
    expect(scene.reports[0]).toMatchObject({ failed: 1, redelivered: 2, poisoned: 0 });
  });

  it("keeps the order of a sender across throws in the middle", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, { gate: refTo<Gate>("gate") }) });
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 30; i++) calls.push(i % 5 === 4 ? failure(refs.hand.ask.fail("x")) : refs.hand.ask.jot(`${i}`));
    await Promise.all(calls);
    const seen = gate.notes.filter((note) => /^\d+$/.test(note)).map(Number);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => i).filter((i) => i % 5 !== 4));
  });
});
