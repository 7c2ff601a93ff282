import { HoldfastError, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Replying } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";

describe.each(levels)("calls to an actor, $level", ({ level }) => {
  it("answers with what the method returned", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    expect(await refs.hand.ask.say({ a: [1, "two", null], b: undefined })).toEqual({ a: [1, "two", null] });
    expect(await refs.hand.ask.who()).toEqual({ path: "app/hand", key: undefined, incarnation: 1 });
  });

  it("accepts a tell and runs it after what was asked before", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    expect(refs.hand.tell.keep("one")).toBe(true);
    expect(refs.hand.tell.keep("two")).toBe(true);
    expect(await refs.hand.ask.kept()).toBe("two");
  });

  it("keeps the order of one sender over asks and tells", async () => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), hand: at(level, Hand, { gate: refTo<Gate>("gate") }) });
    const asks: Promise<unknown>[] = [];
    for (let i = 0; i < 100; i++) {
      if (i % 2) refs.hand.tell.jot(String(i));
      else asks.push(refs.hand.ask.jot(String(i)));
    }
    await Promise.all(asks);
    await refs.hand.ask.jot("last");
    expect(gate.notes.slice(1)).toEqual([...Array.from({ length: 100 }, (_, i) => String(i)), "last"]);
  });

  it("gives a refusal with its reason, and nothing restarts", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    await refs.hand.ask.keep("still here");
    const error = await failure(refs.hand.ask.refuse("too-long"));
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: "Refused", retryable: false, message: "no: too-long" });
    expect(error.details).toEqual({ reason: "too-long", limit: 3 });
    expect(await refs.hand.ask.kept()).toBe("still here");
    expect(app.reports()).toEqual([]);
  });

  it("gives a thrown error as the cause of HandlerFailed, with its class and fields", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.ask.fail("bad pixels"));
    expect(error).toMatchObject({ code: "HandlerFailed", retryable: false });
    expect(error.message).toBe("app/hand: fail threw TypeError: bad pixels");
    expect(error.cause).toBeInstanceOf(TypeError);
    const odd = (await failure(refs.hand.ask.failOddly())).cause as Error & { code: string };
    expect(odd).toMatchObject({ name: "OutOfPaper", message: "tray 2 is empty", code: "E_PAPER" });
    expect((await failure(refs.hand.ask.failLater("late"))).cause).toBeInstanceOf(RangeError);
  });

  it("keeps the text of a thrown string", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.ask.failWithText("just text"));
    expect(error.code).toBe("HandlerFailed");
    expect((error.cause as Error).message).toBe("just text");
  });

  it("rebuilds the actor alone after a throw: a new incarnation, in the same host", async () => {
    const { refs, app, reports } = await play({ hand: at(level, Hand) });
    await refs.hand.ask.keep("forgotten");
    const host = app.tree().children![0]!.host;
    await failure(refs.hand.ask.fail("x"));
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
    expect(await refs.hand.ask.kept()).toBeUndefined();
    expect(app.tree().children![0]).toMatchObject({ host, incarnation: 2, restarts: 1 });
    expect(reports.map(({ level: how }) => how)).toEqual(["in-place"]);
  });

  it('answers a throw without a crash where the class says onThrow: "reply"', async () => {
    const { refs, app } = await play({ hand: at(level, Replying) });
    await refs.hand.ask.keep("kept");
    const error = await failure(refs.hand.ask.fail("an answer"));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe("an answer");
    expect(await refs.hand.ask.kept()).toBe("kept");
    expect(app.reports()).toEqual([]);
  });

  it("refuses a method that is not there, naming those that are", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const loose = refs.hand as unknown as { ask: Record<string, () => Promise<unknown>> };
    const error = await failure(loose.ask.fly!());
    expect(error).toMatchObject({ code: "UnknownMethod", retryable: false });
    expect(error.message).toMatch(/app\/hand has no method "fly"; it has: say, who/);
    for (const name of ["__secret", "start"]) expect((await failure(loose.ask[name]!())).code).toBe("UnknownMethod");
  });

  it("does not call then when a ref is awaited", async () => {
    const { refs } = await play({ hand: at(level, Hand) });
    const { hand } = await Promise.resolve(refs);
    expect((await hand) === hand).toBe(true);
    expect((hand.ask as unknown as { then: unknown }).then).toBeUndefined();
  });

  it("refuses a result that cannot be sent, naming its path, and goes on", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.ask.unsendable());
    expect(error).toMatchObject({ code: "InvalidValue", details: { path: "the result.inner[0]" } });
    expect(await refs.hand.ask.say(1)).toBe(1);
    expect(app.reports()).toEqual([]);
  });

  it("refuses an argument that cannot be sent before anything is queued", async () => {
    const { refs, letters } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.ask.say({ list: [{ go: () => 1 }] }));
    expect(error).toMatchObject({ code: "InvalidValue", details: { path: "args[0].list[0].go" } });
    expect(refs.hand.tell.say(Symbol("x"))).toBe(false);
    expect(letters).toMatchObject([{ path: "app/hand", method: "say", reason: "InvalidValue", sender: "app" }]);
  });

  it("survives a value whose uncloneable part only the posting finds", async () => {
    const sly = Object.assign([1, 2], { hidden: () => 1 });
    const { refs } = await play({ hand: at(level, Hand) }, {}, { cloneInline: true });
    const [before, bad, after] = [refs.hand.ask.say(1), refs.hand.ask.say(sly), refs.hand.ask.say(2)];
    expect(await failure(bad)).toMatchObject({ code: "InvalidValue" });
    expect(await Promise.all([before, after])).toEqual([1, 2]);
  });
});
