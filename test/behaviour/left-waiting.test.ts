import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Lingerer } from "../actors/reach.mjs";
import type { Gate } from "./gate.js";
import { reach } from "./reach.js";
import { deaths, failure, gateOf, levels, plan, play } from "./stage.js";

describe.each(levels)("what a crash leaves waiting, $level", ({ level }) => {
  it("is no error that nobody caught: the program goes on, and the successor in its host", async () => {
    const made = plan();
    const lingerer = reach(level, Lingerer, { gate: refTo<Gate>("gate") });
    const { app, refs } = await play({ gate: gateOf(made), lingerer });
    expect(await failure(refs.lingerer.ask.failInHaste())).toMatchObject({ code: "HandlerFailed" });
    // Its host has had the answers to both when it has answered this.
    await refs.lingerer.ask.who();
    expect(await refs.lingerer.ask.who()).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(deaths(app)).toHaveLength(1);
  });
});
