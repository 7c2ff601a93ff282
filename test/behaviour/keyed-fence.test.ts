import { keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("a key that leaves with no grace, $level", ({ level }) => {
  it("runs nothing afterwards of what its callers were told had failed", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      hands: keyed(at(level, Hand, { gate }, { shutdown: "brutal" })),
    });
    const held = failure(refs.hands.key("a").ask.hold("door"));
    await made.reached("door");
    // Delivered ahead of their turn.
    const queued = ["one", "two", "three"].map((text) => failure(refs.hands.key("a").ask.jot(text)));
    await refs.hands.key("b").ask.say("the host has read what came before");
    await app.release("hands", "a");
    made.open("door");
    expect(await held).toMatchObject({ code: "ActorDied", retryable: false });
    // Its host may have begun them before it heard of the end: nobody may be told that a retry is safe.
    for (const error of await Promise.all(queued)) expect(error).toMatchObject({ retryable: false });
    expect(await refs.hands.key("a").ask.who()).toMatchObject({ incarnation: 1 });
    await refs.hands.key("b").ask.jot("the last");
    await made.noted("the last");
    expect(made.notes.filter((note) => !note.startsWith("start"))).toEqual(["the last"]);
  });

  it("in mid-start is not started behind its supervisor's back", async () => {
    const made = plan();
    const starter = at(level, SlowStarter, { gate, name: "it", held: "door" }, { shutdown: "brutal" });
    const { refs, app } = await play({ gate: gateOf(made), starters: keyed(starter) });
    const lost = failure(refs.starters.key("a").ask.say(1));
    await made.reached("door");
    await app.release("starters", "a");
    expect(await lost).toMatchObject({ code: "ActorStopped", retryable: true });
    const next = refs.starters.key("a").ask.say(2);
    await made.reached("door", 2);
    made.open("door");
    expect(await next).toBe(2);
    expect(app.reports()).toEqual([]);
    const keys = () => app.tree().children![1]!.children![0]!.children!;
    await until(() => keys()[0]!.state === "running", "the next of its name to run");
    expect(keys()).toMatchObject([{ name: "a" }]);
  });
});
