import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Broad, Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gateRef = { gate: refTo<Gate>("gate") };

describe.each(levels)("deadlines and giving up, $level", ({ level }) => {
  it("says that an expired message had not started, and never starts it", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef, { window: 1 }) });
    const holding = refs.hand.ask.hold("door");
    await gate.reached("door");
    const error = await failure(refs.hand.with({ timeout: 20 }).ask.jot("too late"));
    expect(error).toMatchObject({ code: "Timeout", retryable: true, details: { started: false } });
    gate.open("door");
    await holding;
    await refs.hand.ask.jot("after");
    expect(gate.notes).not.toContain("too late");
  });

  it("never starts expired work that was already with the host", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const holding = refs.hand.ask.hold("door");
    await gate.reached("door");
    expect(await failure(refs.hand.with({ timeout: 20 }).ask.jot("too late"))).toMatchObject({ code: "Timeout" });
    gate.open("door");
    await holding;
    await refs.hand.ask.jot("after");
    expect(gate.notes).not.toContain("too late");
  });

  it("says that an executing message may have run; its signal fires, and its late answer is heard by nobody", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    // Long enough for the handler to begin on a slow machine; the length itself does not matter.
    const asked = failure(refs.hand.with({ timeout: 1500 }).ask.untilAborted("work"));
    await gate.noted("began work");
    expect(await asked).toMatchObject({ code: "Timeout", retryable: false, details: { started: true } });
    await gate.noted("aborted work");
    expect(await refs.hand.ask.say("alive")).toBe("alive");
    expect(app.reports()).toEqual([]);
  });

  it("takes queued work out of the queue when its caller's signal fires", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef, { window: 1 }) });
    const holding = refs.hand.ask.hold("door");
    await gate.reached("door");
    const caller = new AbortController();
    const given = failure(refs.hand.with({ signal: caller.signal }).ask.jot("given up"));
    expect(app.tree().children![1]!.mailbox!.waiting).toBe(1);
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled", retryable: true, details: { started: false } });
    expect(app.tree().children![1]!.mailbox!.waiting).toBe(0);
    gate.open("door");
    await holding;
    await refs.hand.ask.jot("after");
    expect(gate.notes).not.toContain("given up");
  });

  it("tells an executing handler by this.signal that its caller gave up", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const caller = new AbortController();
    const given = failure(refs.hand.with({ signal: caller.signal }).ask.untilAborted("work"));
    await gate.noted("began work");
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled", retryable: false, details: { started: true } });
    await gate.noted("aborted work");
  });

  it("refuses at once when the signal had fired before", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.with({ signal: AbortSignal.abort() }).ask.say(1));
    expect(error).toMatchObject({ code: "Cancelled", retryable: true });
  });

  it("quotes a timeout that is none", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.with({ timeout: "soon" as "1s" }).ask.say(1));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain('"soon"');
  });

  it("runs as many at once as the class says, and no more", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), broad: at(level, Broad, gateRef) });
    const asks = Array.from({ length: 6 }, () => refs.broad.ask.hold("door"));
    await gate.reached("door", 4);
    await until(() => app.tree().children![0]!.mailbox!.executing >= 4, "four at the gate");
    // A round trip to the actor's host would show a fifth that had begun.
    expect(gate.arrivals("door")).toBe(4);
    gate.open("door");
    expect(await Promise.all(asks)).toEqual(Array(6).fill("door"));
    expect(gate.arrivals("door")).toBe(6);
  });
});
