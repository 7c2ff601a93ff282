import { describe, expect, it } from "vitest";
import { Hostile } from "../actors/hostile.mjs";
import { castingFrom } from "./casting.js";
import { failure, levels, play } from "./stage.js";

const at = castingFrom(new URL("../actors/hostile.mjs", import.meta.url));

/** What a handler throws or returns may itself throw when it is looked at: that is a crash as any other. */
describe.each(levels)("a handler whose outcome cannot be looked at, $level", ({ level }) => {
  it.each([
    "throwsUnreadable",
    "throwsProxy",
    "throwsField",
    "throwsBare",
    "returnsThen",
    "returnsThenable",
    "rejects",
  ] as const)("%s: its caller hears, one report is made, and the next incarnation serves", async (method) => {
    const { refs, app } = await play({ hostile: at(level, Hostile) });
    expect(await failure(refs.hostile.ask[method]())).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.hostile.ask.who()).toBe(2);
    expect(app.reports().map(({ cause }) => cause.kind)).toEqual(["threw"]);
  });

  it("a result that is a closed Proxy has an end for its caller, and the actor serves on", async () => {
    const { refs } = await play({ hostile: at(level, Hostile) });
    expect((await failure(refs.hostile.ask.returnsProxy())).code).toMatch(/^(HandlerFailed|InvalidValue)$/);
    expect(await refs.hostile.ask.ok()).toBe("ok");
  });
});
