import { dynamic, type Isolation, inline, supervisor, system } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import { at, deaths, failure, levels, play } from "./stage.js";
import { until } from "./until.js";

const names = (children: readonly { name: string; state: string }[]) =>
  children.map(({ name, state }) => `${name} ${state}`);

describe.each(levels)("children at run time, $level", ({ level }) => {
  it("are added below any supervisor, serve, and are seen", async () => {
    const { app } = await play({ hand: at(level, Hand), models: supervisor({}, {}) });
    const second = await app.add("models", "second", at(level, Hand));
    expect(await second.ask.say("here")).toBe("here");
    const third = await app.add("", "third", at(level, Hand));
    expect(await third.ask.say("here too")).toBe("here too");
    expect(names(app.children())).toEqual(["hand running", "models running", "third running"]);
    expect(names(app.children("models"))).toEqual(["second running"]);
    expect(app.count()).toEqual({ specs: 3, active: 3, supervisors: 1, workers: 2 });
    expect(app.child("models/second")).toMatchObject({ path: "app/models/second", restart: "permanent", restarts: 0 });
    expect(app.child("models/nobody")).toBeUndefined();
  });

  it("one that cannot start leaves nothing behind, and its name is free", async () => {
    const { app } = await play({});
    const broken = at(level, Hand, undefined, { export: "Nobody" });
    const error = await failure(level === "inline" ? app.add("", "a", throws()) : app.add("", "a", broken));
    expect(error).toMatchObject({ code: "StartFailed" });
    expect(app.children()).toEqual([]);
    expect(await (await app.add("", "a", at(level, Hand))).ask.say(1)).toBe(1);
  });

  it("terminate: down until a restart by hand, its mail refused with what to do", async () => {
    const { app, refs } = await play({ hand: at(level, Hand), other: at(level, Hand) });
    await app.terminate("hand");
    expect(names(app.children())).toEqual(["hand stopped", "other running"]);
    expect(app.count()).toMatchObject({ specs: 2, active: 1 });
    const error = await failure(refs.hand.ask.say(1));
    expect(error).toMatchObject({ code: "ActorStopped", retryable: true });
    expect(error.message).toContain("restarted by hand");
    await app.terminate("hand");
    await app.restart("hand");
    expect(await refs.hand.ask.say("again")).toBe("again");
    expect(deaths(app)).toEqual([]);
  });

  it("remove: gone, and its name is free for something else", async () => {
    const { app, refs } = await play({ hand: at(level, Hand) });
    await app.remove("hand");
    expect(app.children()).toEqual([]);
    expect(await failure(refs.hand.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    const ledger = await app.add("", "hand", at(level, Ledger));
    await ledger.ask.add("x");
    expect(await ledger.ask.all()).toEqual(["x"]);
  });

  it("restart resolves when the child serves again, and clears a quarantine", async () => {
    const { app, refs } = await play({
      hand: at(level, Hand, undefined, { guiltyIntensity: { restarts: 0, within: "60s" } }),
    });
    await failure(refs.hand.ask.fail("x"));
    await until(() => app.child("hand")?.state === "quarantined", "the quarantine");
    await app.restart("hand");
    expect(app.child("hand")).toMatchObject({ state: "running" });
    expect(await refs.hand.ask.say("back")).toBe("back");
  });

  it("restart and then terminate: who waits for the restart hears of the terminate, not of what was before", async () => {
    const { app, refs } = await play({
      hand: at(level, Hand, undefined, { guiltyIntensity: { restarts: 0, within: "60s" } }),
    });
    await failure(refs.hand.ask.fail("an old story"));
    await until(() => app.child("hand")?.state === "quarantined", "the quarantine");
    const restarted = failure(app.restart("hand"));
    await app.terminate("hand");
    const error = await restarted;
    expect(error).toMatchObject({ code: "ActorStopped" });
    expect(error.message).not.toContain("an old story");
  });

  it("a dynamic supervisor makes children from its template", async () => {
    const { refs, app } = await play({ hands: dynamic(at(level, Hand)) });
    const first = await refs.hands.spawn("first");
    const second = await refs.hands.spawn();
    expect(await Promise.all([first.ask.say(1), second.ask.say(2)])).toEqual([1, 2]);
    expect(refs.hands.size).toBe(2);
    await failure(first.ask.fail("x"));
    expect(await first.ask.say("rebuilt alone")).toBe("rebuilt alone");
    expect(app.children("hands").map(({ name, restarts }) => [name, restarts])).toEqual([
      ["first", 1],
      ["1", 0],
    ]);
    await refs.hands.remove("first");
    expect(refs.hands.child("first")).toBeUndefined();
    expect(refs.hands.size).toBe(1);
  });
});

function throws(level: Isolation = "inline") {
  class Broken extends Hand {
    start() {
      throw new Error("will not start");
    }
  }
  return at(level, Broken);
}

describe("a dynamic supervisor", () => {
  it("refuses a taken name, a bad name, and one child more than it may have, each with the fix", async () => {
    const { refs } = await play({ hands: dynamic(inline(Hand), { maxChildren: 2 }) });
    await refs.hands.spawn("a");
    expect(await failure(refs.hands.spawn("a"))).toMatchObject({ code: "InvalidSpec" });
    expect((await failure(refs.hands.spawn("a/b"))).message).toContain('a child is named "a/b"');
    await refs.hands.spawn("b");
    const full = await failure(refs.hands.spawn("c"));
    expect(full).toMatchObject({ code: "Unavailable", retryable: true });
    expect(full.message).toContain("as many as its maxChildren");
    await refs.hands.remove("a");
    await refs.hands.spawn("c");
  });

  it("refuses to remove whom it does not have, naming who is there", async () => {
    const { refs } = await play({ hands: dynamic(inline(Hand)) });
    const none = await failure(refs.hands.remove("nobody"));
    expect(none).toMatchObject({ code: "InvalidSpec", details: { path: "app/hands", name: "nobody" } });
    expect(none.message).toBe('app/hands has no child "nobody": it has none');
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) await refs.hands.spawn(name);
    const many = await failure(refs.hands.remove("nobody"));
    expect(many.message).toBe('app/hands has no child "nobody": there are "a", "b", "c", "d", "e" and 2 more');
    // Two who ask at the same time both hear of its end; who comes later hears that it is gone.
    await Promise.all([refs.hands.remove("a"), refs.hands.remove("a")]);
    for (const name of ["b", "c", "d", "e", "f"]) await refs.hands.remove(name);
    expect((await failure(refs.hands.remove("a"))).message).toContain('there is "g"');
  });

  it("without a template takes children of any kind, and says so to who spawns", async () => {
    const { refs, app } = await play({ jobs: dynamic() });
    await app.add("jobs", "hand", inline(Hand));
    await app.add("jobs", "below", supervisor({}, { hand: inline(Hand) }));
    expect(app.count("jobs")).toEqual({ specs: 2, active: 2, supervisors: 1, workers: 1 });
    expect((await failure(refs.jobs.spawn("x"))).message).toContain("has no template");
  });

  it("gives props of their own to its children", async () => {
    const { refs } = await play({ ledgers: dynamic(inline(Ledger)) });
    expect(await (await refs.ledgers.spawn("a")).ask.all()).toEqual([]);
  });

  it("starts empty again after it was restarted", async () => {
    const { refs, app } = await play({ hands: dynamic(inline(Hand)) });
    const hand = await refs.hands.spawn("a");
    await app.restart("hands");
    expect(refs.hands.size).toBe(0);
    expect(await failure(hand.ask.say(1))).toMatchObject({ code: "ActorStopped" });
    await refs.hands.spawn("a");
  });

  it("ends ten thousand children, all at the same time", async () => {
    const { refs, app } = await play({ hands: dynamic(inline(Hand)) });
    await Promise.all(Array.from({ length: 10_000 }, () => refs.hands.spawn()));
    expect(app.count("hands")).toMatchObject({ active: 10_000 });
    await app.stop();
    expect(app.tree().state).toBe("stopped");
  });

  it("names bad options and their values", async () => {
    const bad = (options: object) => failure(system(supervisor({}, { hands: dynamic(inline(Hand), options) })));
    expect((await bad({ maxChildren: 0 })).message).toContain("app/hands.maxChildren is 0");
    expect((await bad({ strategy: "all-for-one" })).message).toContain('has no option "strategy"');
    expect((await bad({ preset: "cloud" })).message).toContain('app/hands.preset is "cloud"');
  });
});

describe("a supervisor with significant children", () => {
  it("at the root: the app ends, cleanly, when they have ended", async () => {
    const hand = inline(Hand, undefined, { restart: "temporary", significant: true });
    const { app } = await play({ hand, other: inline(Hand) }, { autoShutdown: "any-significant" });
    app.kill("hand");
    expect(await app.ended).toBeUndefined();
    expect(app.tree().state).toBe("stopped");
  });
});

describe("presets", () => {
  it("reach the children of a supervisor and the supervisors below that name none", async () => {
    const { app } = await play(
      {
        hand: inline(Hand),
        below: supervisor({}, { hand: inline(Hand), own: inline(Hand, undefined, { restart: "permanent" }) }),
        server: supervisor({ preset: "server" }, { hand: inline(Hand) }),
      },
      { preset: "batch" },
    );
    expect(app.child("hand")).toMatchObject({ restart: "transient" });
    expect(app.child("below/hand")).toMatchObject({ restart: "transient" });
    expect(app.child("below/own")).toMatchObject({ restart: "permanent" });
    expect(app.child("server/hand")).toMatchObject({ restart: "permanent" });
  });
});

describe("paths", () => {
  it("that lead nowhere, to the root or into a unit are refused with what there is", async () => {
    const { app } = await play({ hand: inline(Hand) });
    expect((await failure(app.add("hand", "x", inline(Hand)))).message).toContain("there is no supervisor");
    expect((await failure(app.terminate("nobody"))).message).toContain('there is nothing at "nobody"');
    expect((await failure(app.remove("app"))).message).toContain("is the root");
    expect(() => app.children("hand")).toThrow("there is no supervisor");
    expect((await failure(app.add("", "x", 7 as never))).message).toContain('child "x" is 7, no child spec');
  });
});
