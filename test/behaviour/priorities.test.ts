import { Actor, inline, type Priority, pool, type Ref, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";

const gate = refTo<Gate>("gate");

class Caller extends Actor<{ hands: Ref<Hand> }> {
  async jot(text: string, priority: Priority): Promise<void> {
    await this.props.hands.with({ priority }).ask.jot(text);
  }
}

describe.each(levels)("priorities, $level", ({ level }) => {
  const members = (options: object, more = {}) => pool(at(level, Hand, { gate }, more), { size: 1, ...options });

  it.each([["shared"], ["smallest-mailbox"]] as const)(
    "of what waits for a member the higher starts first, in order within one priority, by the route %s",
    async (route) => {
      const made = plan();
      const { refs } = await play({ gate: gateOf(made), hands: members({ route }) });
      const held = refs.hands.ask.hold("door");
      await made.reached("door");
      const asks = (["low", undefined, "high", "normal", 0, "low"] as const).map((priority, i) => {
        const ref = priority === undefined ? refs.hands : refs.hands.with({ priority });
        return ref.ask.jot(`${priority} ${i}`);
      });
      refs.hands.with({ priority: "high" }).tell.jot("told");
      made.open("door");
      await Promise.all([held, ...asks]);
      const jots = made.notes.filter((note) => /^((low|normal|high|undefined|0) \d|told)$/.test(note));
      expect(jots).toEqual(["high 2", "0 4", "told", "undefined 1", "normal 3", "low 0", "low 5"]);
    },
  );

  it.each([["shared"], ["smallest-mailbox"]] as const)(
    "where the mailbox is full a higher one takes the place of the newest of the lowest, by the route %s",
    async (route) => {
      const made = plan();
      const { refs, letters } = await play({
        gate: gateOf(made),
        hands: members({ route }, { mailbox: { messages: 2 } }),
      });
      const held = refs.hands.ask.hold("door");
      await made.reached("door");
      const low = refs.hands.with({ priority: "low" });
      const first = failure(low.ask.say(1));
      expect(low.tell.jot("never")).toBe(true);
      const normal = refs.hands.ask.say(2);
      expect(letters).toMatchObject([{ method: "jot", reason: "Overloaded" }]);
      const high = refs.hands.with({ priority: "high" }).ask.say(3);
      expect(await first).toMatchObject({ code: "Overloaded", retryable: true });
      expect(await failure(refs.hands.ask.say(4))).toMatchObject({ code: "MailboxFull" });
      made.open("door");
      await held;
      expect(await Promise.all([normal, high])).toEqual([2, 3]);
      expect(made.notes).not.toContain("never");
    },
  );

  it("a low one starts when 16 higher ones have gone before it, however many more there are", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: members({}) });
    const held = refs.hands.ask.hold("door");
    await made.reached("door");
    const low = refs.hands.with({ priority: "low" }).ask.jot("low");
    const high = Array.from({ length: 40 }, (_, i) => refs.hands.with({ priority: "high" }).ask.jot(`high ${i}`));
    made.open("door");
    await Promise.all([held, low, ...high]);
    const notes = made.notes.filter((note) => /^(high \d+|low)$/.test(note));
    expect(notes.indexOf("low")).toBe(16);
    expect(notes.filter((note) => note !== "low")).toEqual(Array.from({ length: 40 }, (_, i) => `high ${i}`));
  });

  it("what an actor asks keeps the priority that it was given", async () => {
    const made = plan();
    const { refs } = await play({
      gate: gateOf(made),
      hands: members({}),
      callers: pool(inline(Caller, { hands: refTo<Hand>("hands") }), { size: 3 }),
    });
    const held = refs.hands.ask.hold("door");
    await made.reached("door");
    const asks = [
      refs.callers.ask.jot("a", "low"),
      refs.callers.ask.jot("b", "normal"),
      refs.callers.ask.jot("c", "high"),
    ];
    await new Promise((resolve) => setImmediate(resolve));
    made.open("door");
    await Promise.all([held, ...asks]);
    expect(made.notes.filter((note) => /^[abc]$/.test(note))).toEqual(["c", "b", "a"]);
  });

  it("what a member that dies had not begun keeps its place", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: members({ size: 2 }) });
    const held = Promise.allSettled([refs.hands.ask.hold("door"), refs.hands.ask.hold("door")]);
    await made.reached("door", 2);
    const asks = [
      refs.hands.with({ priority: "low" }).ask.jot("low"),
      refs.hands.with({ priority: "high" }).ask.jot("high"),
    ];
    app.kill("hands/1");
    await Promise.all(asks);
    expect(made.notes.filter((note) => note === "low" || note === "high")).toEqual(["high", "low"]);
    made.open("door");
    const outcomes = await held;
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

it("a priority that is none is refused, and says what there is", async () => {
  const { refs } = await play({ hands: pool(inline(Hand), { size: 1 }) });
  for (const wrong of ["urgent", 10, -1, 1.5, "toString"]) {
    expect(() => refs.hands.with({ priority: wrong as Priority })).toThrow(
      expect.objectContaining({ code: "InvalidValue", message: expect.stringContaining('"high", "normal", "low"') }),
    );
  }
});
