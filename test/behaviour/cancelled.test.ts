import { fork, inline, supervisor, system, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import { Recorded } from "../actors/recorded.mjs";

const url = new URL("../actors/recorded.mjs", import.meta.url);
const levels = {
  inline: () => inline(Recorded),
  thread: () => thread<Recorded>(url),
  fork: () => fork<Recorded>(url),
};

describe.each(["thread", "fork"] as const)("a loop that never awaits, in a %s", (level) => {
  it("sees that its caller gave up, and its actor goes on", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    const { actor } = app.refs;
    const abort = new AbortController();
    const spinning = actor.with({ signal: abort.signal }).ask.spin();
    const before = actor.ask.say("after the loop");
    abort.abort();
    await expect(spinning).rejects.toMatchObject({ code: "Cancelled" });
    expect(await before).toBe("after the loop");
    expect(app.reports()).toEqual([]);
  });

  it("sees that its deadline passed", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    const { actor } = app.refs;
    await expect(actor.with({ timeout: "50ms" }).ask.spin()).rejects.toMatchObject({ code: "Timeout" });
    expect(await actor.ask.say("still there")).toBe("still there");
    expect(app.reports()).toEqual([]);
  });
});

describe.each(["inline", "thread", "fork"] as const)("a handler that awaits, %s", (level) => {
  it("sees that its caller gave up, and the next one is not told so", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    const { actor } = app.refs;
    await expect(actor.with({ timeout: "30ms" }).ask.hold()).rejects.toMatchObject({ code: "Timeout" });
    expect(await actor.ask.say("after it")).toBe("after it");
    await expect(actor.with({ timeout: "30ms" }).ask.hold()).rejects.toMatchObject({ code: "Timeout" });
    expect(await actor.ask.say("again")).toBe("again");
  });
});
