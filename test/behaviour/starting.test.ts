import { type App, isHoldfastError, refTo, type SystemEvent, supervisor, system, treeText } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, SlowStarter } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");
const soon = { initial: 1, max: 1 };

describe.each(levels)("starting, $level", ({ level }) => {
  it("starts children one after the other, in the order written", async () => {
    const made = plan();
    const starting = play({
      gate: gateOf(made),
      a: at(level, SlowStarter, { name: "a", gate, held: "a" }),
      b: at(level, SlowStarter, { name: "b", gate }),
    });
    await made.reached("a");
    expect(made.notes).toEqual(["starting a"]);
    made.open("a");
    const { refs } = await starting;
    expect(made.notes).toEqual(["starting a", "started a", "starting b", "started b"]);
    expect(await refs.b.ask.say(1)).toBe(1);
  });

  it("rolls everything back, in reverse, when one cannot start, and says why", async () => {
    const made = plan();
    made.put("c fails", 1);
    const error = await failure(
      play({
        gate: gateOf(made),
        a: at(level, SlowStarter, { name: "a", gate }),
        b: at(level, SlowStarter, { name: "b", gate }),
        c: at(level, SlowStarter, { name: "c", gate, fails: "c fails" }),
      }),
    );
    expect(error.message).toContain("c cannot start");
    expect(made.notes.filter((note) => note.startsWith("stopped"))).toEqual(["stopped b", "stopped a"]);
  });

  it("says what is wrong with a start that takes too long", async () => {
    const made = plan();
    const error = await failure(
      play({
        gate: gateOf(made),
        a: at(level, SlowStarter, { name: "a", gate, held: "never" }, { startTimeout: "2s" }),
      }),
    );
    expect(error).toMatchObject({ code: "StartFailed" });
    // Long enough for a process to come to its start() on a machine that has other things to do.
    expect(error.message).toBe("app/a: start() was not done within 2000 ms (startTimeout)");
  });

  it("says what is wrong with a load that takes too long", async () => {
    const made = plan();
    const error = await failure(
      play({
        gate: gateOf(made),
        a: at(level, SlowStarter, { name: "a", gate, loading: "never" }, { startTimeout: 400 }),
      }),
    );
    expect(error).toMatchObject({ code: "StartFailed" });
    expect(error.message).toContain("app/a: load() was not done within 400 ms (startTimeout)");
  });

  it("says that load() is no place to ask other actors from", async () => {
    const made = plan();
    const error = await failure(
      play({ gate: gateOf(made), a: at(level, SlowStarter, { name: "a", gate, loading: "asks" }) }),
    );
    expect(error).toMatchObject({ code: "StartFailed" });
    expect(error.message).toContain("static load() cannot send to gate: no actor is there yet; do it in start()");
  });

  it("resolves at once in the background: mail waits for the child, the others serve", async () => {
    const made = plan();
    const { app, refs, events } = await play(
      {
        gate: gateOf(made),
        slow: at(level, SlowStarter, { name: "slow", gate, held: "load" }),
        hand: at(level, Hand),
      },
      {},
      { start: "background" },
    );
    const early = refs.slow.ask.say("early");
    await made.reached("load");
    expect(stateOf(app, "slow")).toBe("starting");
    made.open("load");
    await app.ready();
    expect(await early).toBe("early");
    expect(await refs.hand.ask.say(1)).toBe(1);
    expect(lives(events, "app/slow").at(-1)).toBe("running");
  });

  it("quarantines, in the background, only the child that cannot start", async () => {
    const made = plan();
    made.put("b fails", 1000);
    const { app, refs } = await play(
      {
        gate: gateOf(made),
        b: at(
          level,
          SlowStarter,
          { name: "b", gate, fails: "b fails" },
          {
            intensity: { restarts: 2, within: "60s" },
            backoff: soon,
          },
        ),
        hand: at(level, Hand),
      },
      {},
      { start: "background" },
    );
    const waiting = failure(refs.b.ask.say(1));
    await until(() => stateOf(app, "b") === "quarantined", "b to be quarantined");
    expect(await waiting).toMatchObject({ code: "Unavailable", retryable: true });
    expect(await failure(refs.b.ask.say(2))).toMatchObject({ code: "Unavailable" });
    expect(await refs.hand.ask.say("fine")).toBe("fine");
    expect(made.notes.filter((note) => note === "starting b")).toHaveLength(3);
    expect(treeText(app.tree())).toMatch(/✕ b {2}actor {2}quarantined .*b cannot start/);
  });

  it("ends in the middle of a start when it is stopped", async () => {
    const made = plan();
    const app = await system(
      supervisor({}, { gate: gateOf(made), a: at(level, SlowStarter, { name: "a", gate, held: "never" }) }),
      { start: "background" },
    );
    await made.reached("never");
    await app.stop({ drain: 0 });
    expect(stateOf(app, "a")).toBe("stopped");
    await app.ended;
  });
});

describe.each(walls)("starting in a host of its own, $level", ({ level }) => {
  it("fails a start whose time is over before its host has said a word", async () => {
    const error = await failure(play({ a: at(level, Hand, undefined, { startTimeout: 0.001 }) }));
    expect(error).toMatchObject({ code: "StartFailed" });
  });

  it("runs load() once per host: it outlives the rebuilt actor", async () => {
    const { refs } = await play({ a: at(level, SlowStarter, { name: "a" }) });
    await failure(refs.a.ask.fail());
    expect(await refs.a.ask.loaded()).toBe(true);
  });
});

it("names the module that does not export what is asked for", async () => {
  const error = await failure(play({ a: at("thread", class Nobody extends Hand {}) }));
  expect(isHoldfastError(error)).toBe(true);
  expect(error.message).toMatch(/cast\.mjs has no Actor subclass exported as "Nobody": it exports .*Hand/);
});

function stateOf(app: App<unknown>, name: string): string | undefined {
  return app.tree().children?.find((node) => node.name === name)?.state;
}

function lives(events: SystemEvent[], path: string): string[] {
  return events.flatMap((event) => (event.type === "life" && event.path === path ? [event.state] : []));
}
