import { causeText, type DeathReport, keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";
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

describe.each(walls)("a key that leaves with no grace and blocks its host, $level", ({ level }) => {
  it("takes its cell along, and its neighbour answers", async () => {
    const made = plan();
    const hand = at(level, Hand, { gate }, { shutdown: "brutal", grace: 200 });
    const { refs, app } = await play({ gate: gateOf(made), hands: keyed(hand) });
    const [a, b] = [refs.hands.key("a"), refs.hands.key("b")];
    expect([await a.ask.say(1), await b.ask.say(2)]).toEqual([1, 2]);
    const lost = failure(a.ask.spin());
    // What came after it waits: it loops by then.
    await failure(b.with({ timeout: 100 }).ask.say(3));
    await app.release("hands", "a");
    expect(await lost).toMatchObject({ code: "ActorDied", retryable: false });
    // Nobody asks anything meanwhile: that it does not answer is noticed all the same.
    await until(() => deaths(app).length === 1, "the end of the cell");
    const [{ cause }] = deaths(app) as [DeathReport];
    expect(causeText(cause)).toBe("spin of incarnation 1, which was over, still ran 200 ms later (grace)");
    expect(await b.with({ timeout: 5000 }).ask.say(4)).toBe(4);
  });

  it("does so also with what its host begins before it hears of the end", async () => {
    const made = plan();
    const hand = at(level, Hand, { gate }, { shutdown: "brutal", grace: 200 });
    const { refs, app } = await play({ gate: gateOf(made), hands: keyed(hand) });
    const [a, b] = [refs.hands.key("a"), refs.hands.key("b")];
    expect([await a.ask.say(1), await b.ask.say(2)]).toEqual([1, 2]);
    const lost = failure(a.ask.spin());
    await app.release("hands", "a");
    expect(await lost).toMatchObject({ code: "ActorDied", retryable: false });
    expect(await b.with({ timeout: 5000 }).ask.say(3)).toBe(3);
  });

  it("costs its cell nothing where it ends within its grace", async () => {
    const made = plan();
    const hand = at(level, Hand, { gate }, { shutdown: "brutal", grace: 1000 });
    const { refs, app } = await play({ gate: gateOf(made), hands: keyed(hand) });
    const held = failure(refs.hands.key("a").ask.hold("door"));
    await made.reached("door");
    await app.release("hands", "a");
    made.open("door");
    await held;
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(await refs.hands.key("b").ask.say(1)).toBe(1);
    expect(deaths(app)).toEqual([]);
  });
});
