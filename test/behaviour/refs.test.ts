import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gateRef = { gate: refTo<Gate>("gate") };

describe.each(levels)("actors that reach each other by ref, $level", ({ level }) => {
  it("asks one that came in props", async () => {
    const { refs } = await play({ a: at(level, Hand, { peer: refTo<Hand>("b") }), b: at(level, Hand) });
    expect(await refs.a.ask.askPeer("who")).toMatchObject({ path: "app/b" });
  });

  it("asks one that came in a message, and gives its error on with its class", async () => {
    const { refs } = await play({ a: at(level, Hand), b: at(level, Hand) });
    expect(await refs.a.ask.askOther(refs.b, "say", { deep: [1] })).toEqual({ deep: [1] });
    expect(await refs.a.ask.codeOfOther(refs.b, "refuse", "no")).toBe("Refused");
    expect(await refs.a.ask.codeOfOther(refs.b, "fail", "oh")).toBe("HandlerFailed");
  });

  it("tells one, and gives refs back that work", async () => {
    const { refs } = await play({ a: at(level, Hand), b: at(level, Hand) });
    expect(await refs.a.ask.tellOther(refs.b, "keep", 7)).toBe(true);
    expect(await refs.b.ask.kept()).toBe(7);
    const back = (await refs.a.ask.say(refs.b)) as typeof refs.b;
    expect(await back.ask.kept()).toBe(7);
  });

  it("reaches across isolation levels", async () => {
    const tree = { a: at(level, Hand), i: at("inline", Hand), t: at("thread", Hand), f: at("fork", Hand) };
    const { refs } = await play(tree);
    const paths = [refs.i, refs.t, refs.f].map((other) => refs.a.ask.askOther(other, "who"));
    expect(await Promise.all(paths)).toMatchObject([{ path: "app/i" }, { path: "app/t" }, { path: "app/f" }]);
  });

  it("refuses a ref to nothing, and a tell to it is a dead letter", async () => {
    const { refs, letters } = await play({ a: at(level, Hand) });
    expect(await refs.a.ask.codeOfOther(refTo<Hand>("nobody"), "who")).toBe("ActorStopped");
    await refs.a.ask.tellOther(refTo<Hand>("nobody"), "say", 1);
    await until(() => letters.length > 0, "the dead letter");
    expect(letters).toMatchObject([{ path: "app/nobody", sender: "app/a", method: "say", shape: "[number]" }]);
  });

  it("says how to use a ref that was made for props", async () => {
    await expect(refTo<Hand>("b").ask.who()).rejects.toThrow(/app\.ref\("b"\)/);
  });

  it("cancels what an actor had asked when its host dies", async () => {
    const gate = plan();
    const { refs, app } = await play({
      gate: gateOf(gate),
      asker: at(level, Hand),
      asked: at(level, Hand, gateRef),
    });
    const lost = failure(refs.asker.ask.askOther(refs.asked, "untilAborted", "work"));
    await gate.noted("began work");
    app.kill("asker");
    expect(await lost).toMatchObject({ code: "ActorDied" });
    await gate.noted("aborted work");
  });

  it("cancels what an actor had asked when it alone is rebuilt", async () => {
    const gate = plan();
    const { refs } = await play({
      gate: gateOf(gate),
      asker: at(level, Hand, { peer: refTo<Hand>("asked") }),
      asked: at(level, Hand, gateRef),
    });
    await refs.asker.ask.armBomb(300);
    const lost = failure(refs.asker.ask.askPeer("untilAborted", "work"));
    await gate.noted("began work");
    expect(await lost).toMatchObject({ code: "ActorDied", details: { cause: "threw" } });
    await gate.noted("aborted work");
    expect(await refs.asker.ask.who()).toMatchObject({ incarnation: 2 });
  });

  it("cancels what an actor asks for a caller who gave up when it passes its signal on", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), a: at(level, Hand), b: at(level, Hand, gateRef) });
    const caller = new AbortController();
    const given = failure(refs.a.with({ signal: caller.signal }).ask.passOn(refs.b, "untilAborted", "work"));
    await gate.noted("began work");
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled" });
    await gate.noted("aborted work");
    expect(await refs.a.ask.say("alive")).toBe("alive");
  });
});

describe.each(levels)("the fence around an incarnation that is over, $level", ({ level }) => {
  it("clears its timers", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    await refs.hand.ask.armTimer(30, "old timer");
    await failure(refs.hand.ask.fail("x"));
    await refs.hand.ask.armTimer(60, "new timer");
    await gate.noted("new timer");
    expect(gate.notes).not.toContain("old timer");
  });

  it("lets nothing out that it still sends: an ask fails there, a tell is a dead letter", async () => {
    const gate = plan();
    const { refs, letters } = await play({
      gate: gateOf(gate),
      hand: at(level, Hand, gateRef),
      other: at(level, Hand),
    });
    expect(await failure(refs.hand.ask.failAndLinger(refs.other))).toMatchObject({ code: "HandlerFailed" });
    await until(() => letters.length > 0, "the fenced tell");
    expect(letters).toMatchObject([{ path: "app/other", sender: "app/hand", method: "keep", reason: "fenced" }]);
    await refs.hand.ask.say("up");
    expect(await refs.other.ask.kept()).toBeUndefined();
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
  });

  it("an error of a timer made with this.after is a crash of the actor, charged to no message", async () => {
    const { refs, app, reports } = await play({ hand: at(level, Hand) });
    await refs.hand.ask.armBomb(1);
    await until(() => app.reports().length === 1, "the death");
    expect(app.reports()[0]).toMatchObject({ cause: { kind: "threw" }, executing: [], decision: "restart" });
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
    await until(() => reports.length === 1, "the complete report");
  });
});
