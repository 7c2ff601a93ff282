import { keyed, pool, type Ref, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate, Plan } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play } from "./stage.js";

const gate = refTo<Gate>("gate");

/** How a caller gives up: what to call with, and what makes it happen. */
const reasons = {
  signal() {
    const caller = new AbortController();
    return { options: { signal: caller.signal }, code: "Cancelled", cause: "left", giveUp: () => caller.abort("left") };
  },
  timeout: () => ({ options: { timeout: 150 }, code: "Timeout", cause: undefined, giveUp: () => {} }),
};
const cases = levels.flatMap(({ level }) => (["signal", "timeout"] as const).map((reason) => ({ level, reason })));

async function hand(level: "inline" | "thread" | "fork", made: Plan, window = 32) {
  return play({ gate: gateOf(made), hand: at(level, Hand, { gate }, { window }) });
}

describe.each(cases)("a caller that gives up, by $reason, $level", ({ level, reason }) => {
  it("takes its message out of the queue", async () => {
    const made = plan();
    const { refs, app } = await hand(level, made, 1);
    const holding = refs.hand.ask.hold("door");
    await made.reached("door");
    const { options, code, cause, giveUp } = reasons[reason]();
    const queued = failure(refs.hand.with(options).ask.hold("never"));
    giveUp();
    expect(await queued).toMatchObject({ code, retryable: true, details: { started: false } });
    expect(((await queued) as Error).cause).toBe(cause);
    expect(app.tree().children![1]!.mailbox).toMatchObject({ waiting: 0 });
    made.open("door");
    await holding;
    expect(await refs.hand.ask.say("after")).toBe("after");
    expect(made.arrivals("never")).toBe(0);
  });

  it("takes it out of the host's own queue, too", async () => {
    const made = plan();
    const { refs } = await hand(level, made);
    const holding = refs.hand.ask.hold("door");
    await made.reached("door");
    const { options, code, giveUp } = reasons[reason]();
    const handedOver = failure(refs.hand.with(options).ask.hold("never"));
    const behind = refs.hand.ask.say("behind");
    giveUp();
    // In one thread nothing is handed over before it begins: it is still in the queue.
    const inline = level === "inline";
    expect(await handedOver).toMatchObject({
      code,
      retryable: inline,
      details: { started: inline ? false : "unknown" },
    });
    made.open("door");
    await holding;
    expect(await behind).toBe("behind");
    expect(made.arrivals("never")).toBe(0);
  });

  it("takes it out of the mailbox that a pool shares", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }), { size: 2 }) });
    const holding = [refs.hands.ask.hold("door"), refs.hands.ask.hold("door")];
    await made.reached("door", 2);
    const { options, code, giveUp } = reasons[reason]();
    const queued = failure(refs.hands.with(options).ask.hold("never"));
    const behind = refs.hands.ask.say("behind");
    giveUp();
    expect(await queued).toMatchObject({ code, retryable: true });
    expect(app.tree().children![1]!.mailbox).toMatchObject({ waiting: 1 });
    made.open("door");
    await Promise.all(holding);
    expect(await behind).toBe("behind");
    expect(made.arrivals("never")).toBe(0);
  });

  it("takes it out of a key's mailbox", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), hands: keyed(at(level, Hand, { gate }, { window: 1 })) });
    const one = refs.hands.key("one");
    const holding = one.ask.hold("door");
    await made.reached("door");
    const { options, code, giveUp } = reasons[reason]();
    const queued = failure(one.with(options).ask.hold("never"));
    giveUp();
    expect(await queued).toMatchObject({ code, retryable: true });
    made.open("door");
    await holding;
    expect(await one.ask.say("after")).toBe("after");
    expect(made.arrivals("never")).toBe(0);
  });

  it("is heard by the handler that executes", async () => {
    const made = plan();
    const { refs } = await hand(level, made);
    const { options, code, giveUp } = reasons[reason]();
    const executing = failure(refs.hand.with(options).ask.untilAborted("work"));
    await made.noted("began work");
    giveUp();
    expect(await executing).toMatchObject({ code, details: { started: true } });
    await made.noted("aborted work");
    expect(await refs.hand.ask.say("after")).toBe("after");
  });

  it("ends a stream that flows, and its source is closed", async () => {
    const made = plan();
    const { refs, app } = await hand(level, made);
    await refs.hand.ask.say("up");
    const { options, code, giveUp } = reasons[reason]();
    const values: unknown[] = [];
    const read = async () => {
      for await (const value of refs.hand.with(options).ask.report(1e9, "source")) {
        values.push(value);
        if (values.length === 3) giveUp();
      }
    };
    expect(await failure(read())).toMatchObject({ code });
    await expect.poll(() => made.notes.some((note) => note.startsWith("source ended at"))).toBe(true);
    expect(await refs.hand.ask.say("after")).toBe("after");
    expect(deaths(app)).toEqual([]);
  });

  it("ends a stream that had not begun, which never does", async () => {
    const made = plan();
    const { refs } = await hand(level, made, 1);
    const holding = refs.hand.ask.hold("door");
    await made.reached("door");
    const { options, code, giveUp } = reasons[reason]();
    const read = async () => {
      for await (const value of refs.hand.with(options).ask.countThenHold(1, "never")) return value;
    };
    const queued = failure(read());
    giveUp();
    expect(await queued).toMatchObject({ code });
    made.open("door");
    await holding;
    expect(await refs.hand.ask.say("after")).toBe("after");
    expect(made.arrivals("never")).toBe(0);
  });
});

describe.each(levels)("a chain of asks through two actors, $level", ({ level }) => {
  async function chain(made: Plan) {
    const { refs, app, letters } = await play({
      gate: gateOf(made),
      first: at(level, Hand, { gate }),
      second: at(level, Hand, { gate }),
      third: at(level, Hand, { gate }, { window: 1 }),
    });
    const second: Ref<Hand> = refs.second;
    const through = (method: string, name: string) =>
      failure(refs.first.ask.passOn(second, "passOn", refs.third, method, name));
    return { refs, app, letters, through };
  }

  it("is cancelled to its end when the first asker dies", async () => {
    const made = plan();
    const { app, refs, through } = await chain(made);
    const asked = through("untilAborted", "work");
    await made.noted("began work");
    app.kill("app/first");
    expect(await asked).toMatchObject({ code: "ActorDied" });
    await made.noted("aborted work");
    expect(await refs.second.ask.say("second")).toBe("second");
    expect(await refs.third.ask.say("third")).toBe("third");
  });

  it("leaves the last queue when the first asker dies", async () => {
    const made = plan();
    const { app, refs, through } = await chain(made);
    const holding = refs.third.ask.hold("door");
    await made.reached("door");
    const asked = through("hold", "never");
    await expect.poll(() => app.tree().children![3]!.mailbox!.waiting).toBe(1);
    app.kill("app/first");
    expect(await asked).toMatchObject({ code: "ActorDied" });
    await expect.poll(() => app.tree().children![3]!.mailbox!.waiting).toBe(0);
    made.open("door");
    await holding;
    expect(await refs.third.ask.say("after")).toBe("after");
    expect(made.arrivals("never")).toBe(0);
  });

  it("is cancelled behind the one in the middle when that dies", async () => {
    const made = plan();
    const { app, refs, through } = await chain(made);
    const asked = through("untilAborted", "work");
    await made.noted("began work");
    app.kill("app/second");
    expect(await asked).toMatchObject({ code: "HandlerFailed", cause: { code: "ActorDied" } });
    await made.noted("aborted work");
    expect(await refs.third.ask.say("third")).toBe("third");
  });
});
