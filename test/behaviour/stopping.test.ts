import { execFileSync } from "node:child_process";
import { refTo, supervisor, system } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";

const gate = refTo<Gate>("gate");
const leftovers = new URL("./leftovers.mjs", import.meta.url);

describe.each(levels)("stopping, $level", ({ level }) => {
  it("finishes what is queued, takes nothing new, then stops in reverse order", async () => {
    const made = plan();
    const { app, refs } = await play({
      gate: gateOf(made),
      a: at(level, SlowStarter, { name: "a", gate }),
      hand: at(level, Hand, { gate }),
    });
    const holding = refs.hand.ask.hold("door");
    await made.reached("door");
    const queued = [1, 2, 3].map((n) => refs.hand.ask.say(n));
    const stopping = app.stop();
    expect(await failure(refs.hand.ask.say("new"))).toMatchObject({ code: "Draining", retryable: true });
    expect(app.tree().state).toBe("draining");
    made.open("door");
    expect(await holding).toBe("door");
    expect(await Promise.all(queued)).toEqual([1, 2, 3]);
    await stopping;
    expect(await app.ended).toBeUndefined();
    expect(made.notes.slice(-2)).toEqual(["stop", "stopped a"]);
    expect(app.tree()).toMatchObject({ state: "stopped" });
    expect(await failure(refs.hand.ask.say("late"))).toMatchObject({ code: "ActorStopped" });
  });

  it("lets actors finish their work by asking each other while the system drains", async () => {
    const made = plan();
    const { app, refs } = await play({
      gate: gateOf(made),
      a: at(level, Hand, { gate, peer: refTo<Hand>("b") }),
      b: at(level, Hand, { gate }),
    });
    const holding = refs.a.ask.hold("door");
    await made.reached("door");
    const queued = refs.a.ask.askPeer("say", "through the drain");
    const stopping = app.stop();
    made.open("door");
    expect(await queued).toBe("through the drain");
    await Promise.all([holding, stopping]);
  });

  it("fails what is not done within the drain, each with one typed error", async () => {
    const made = plan();
    const { app, refs } = await play({
      gate: gateOf(made),
      hand: at(level, Hand, { gate }, { shutdown: 50 }),
    });
    const executing = failure(refs.hand.ask.hold("never"));
    await made.reached("never");
    const queued = failure(refs.hand.ask.say(1));
    await app.stop({ drain: 20 });
    expect(await executing).toMatchObject({ code: "ActorDied" });
    expect(await queued).toMatchObject({ code: "ActorStopped", retryable: true });
    expect(deaths(app)).toMatchObject([
      { decision: "stop", cause: { kind: "killed", by: "its supervisor, past its shutdown time" } },
    ]);
  });

  it("waits for stop() as long as the shutdown says", async () => {
    const made = plan();
    const { app } = await play({
      gate: gateOf(made),
      a: at(level, SlowStarter, { name: "a", gate, stopHeld: "stopping" }, { shutdown: "unlimited" }),
    });
    const stopping = app.stop();
    await made.reached("stopping");
    made.open("stopping");
    await stopping;
    expect(deaths(app)).toEqual([]);
  });

  it("is idempotent, and ended resolves with nothing", async () => {
    const { app } = await play({ hand: at(level, Hand) });
    await Promise.all([app.stop(), app.stop()]);
    await app.stop();
    expect(await app.ended).toBeUndefined();
  });

  it("stops at the end of an await using block", async () => {
    let ended: Promise<Error | undefined>;
    {
      await using app = await system(supervisor({}, { hand: at(level, Hand) }));
      expect(await app.refs.hand.ask.say(1)).toBe(1);
      ended = app.ended;
    }
    expect(await ended).toBeUndefined();
  });

  it("leaves nothing behind: the program ends by itself, without threads, processes, timers or files", () => {
    const out = execFileSync(process.execPath, [leftovers.pathname, level], { encoding: "utf8", timeout: 30_000 });
    expect(JSON.parse(out)).toEqual({ answered: "alive", resources: [], children: [], files: [] });
  });
});

describe.each(walls)("stopping what does not want to, $level", ({ level }) => {
  it("ends a handler in an endless loop at the shutdown's end", async () => {
    const made = plan();
    made.open("the loop");
    const { app, refs } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }, { shutdown: 50 }) });
    const stuck = failure(refs.hand.ask.holdThenSpin("the loop"));
    await made.reached("the loop");
    await app.stop({ drain: 0 });
    expect(await stuck).toMatchObject({ code: "ActorDied", retryable: false });
  });
});
