import { keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play } from "./stage.js";

describe.each(levels)("actors that wait for each other in a circle, $level", ({ level }) => {
  it("are told so, with the chain, and go on", async () => {
    const { refs } = await play({ a: at(level, Hand), b: at(level, Hand), c: at(level, Hand) });
    const { a, b, c } = refs;
    expect(await a.ask.askOther(b, "askOther", c, "codeOfOther", a, "say", "never")).toBe("Deadlock");
    expect(await Promise.all([a.ask.say(1), b.ask.say(2), c.ask.say(3)])).toEqual([1, 2, 3]);
  });

  it("are two, or one that asks itself", async () => {
    const { refs } = await play({ a: at(level, Hand), b: at(level, Hand) });
    const { a, b } = refs;
    expect(await a.ask.askOther(b, "codeOfOther", a, "say", "never")).toBe("Deadlock");
    expect(await a.ask.codeOfOther(a, "say", "never")).toBe("Deadlock");
    expect(await a.ask.say("after")).toBe("after");
  });

  it("are named in the error, which ends the whole chain", async () => {
    const { refs, app } = await play({ a: at(level, Hand), b: at(level, Hand) });
    const { a, b } = refs;
    const error = await failure(a.ask.askOther(b, "askOther", a, "say", "never"));
    expect(error).toMatchObject({ code: "HandlerFailed" });
    expect(error.message).toContain("app/a → app/b → app/a: each waits for the next");
    expect(deaths(app)).toHaveLength(2);
    expect(await Promise.all([a.ask.say(1), b.ask.say(2)])).toEqual([1, 2]);
  });

  it("are not those that do not wait for the answer", async () => {
    const made = plan();
    const gate = refTo<Gate>("gate");
    const { refs } = await play({ gate: gateOf(made), a: at(level, Hand, { gate }), b: at(level, Hand, { gate }) });
    const { a, b } = refs;
    a.tell.tellOther(b, "askOther", a, "say", "asked back");
    expect(await b.ask.say("after")).toBe("after");
  });

  it("may be keys of one group", async () => {
    const { refs } = await play({ keys: keyed(at(level, Hand)) });
    const [a, b] = [refs.keys.key("a"), refs.keys.key("b")];
    expect(await a.ask.askOther(b as never, "codeOfOther", a, "say", "never")).toBe("Deadlock");
  });
});
