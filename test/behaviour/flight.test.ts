import { type DeathReport, fork, inline, keyed, supervisor, system, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import { Recorded } from "../actors/recorded.mjs";
import { until } from "./until.js";

const url = new URL("../actors/recorded.mjs", import.meta.url);
const levels = {
  inline: () => inline(Recorded),
  thread: () => thread<Recorded>(url),
  fork: () => fork<Recorded>(url),
};

const told = (report: DeathReport | undefined) =>
  report?.flight.map(({ kind, method, seq, text }) => [kind, method, seq, text].filter(Boolean).join(" "));

describe.each(["inline", "thread", "fork"] as const)("the flight recorder of an actor, %s", (level) => {
  it("tells of every message what became of it, of timers and of notes, up to the crash", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    const { actor } = app.refs;
    await actor.ask.say("a secret payload");
    for await (const value of actor.ask.count(2)) expect(value).toBeGreaterThan(0);
    await actor.ask.refuse().catch(() => {});
    await actor.ask.later();
    await actor.ask.throw().catch(() => {});
    const [report] = app.reports();
    expect(told(report)).toEqual([
      "note starts",
      "actor-started",
      ...["accepted say 1", "started say 1", "settled say 1 ok"],
      ...["accepted count 2", "started count 2", "settled count 2 streamed"],
      ...["accepted refuse 3", "started refuse 3", "settled refuse 3 failed"],
      ...["accepted later 4", "started later 4", "timer", "note the timer fired", "settled later 4 ok"],
      ...["accepted throw 5", "started throw 5", "note about to throw", "actor-crashed 5"],
    ]);
    expect(report!.flight.every(({ path, incarnation }) => path === "app/actor" && incarnation === 1)).toBe(true);
    expect(Math.abs(report!.flight.at(-1)!.at - report!.at)).toBeLessThan(5000);
    expect(report!.record).toMatchObject({ phase: "js", finished: [4] });
    expect(JSON.stringify(report)).not.toContain("secret");
    expect(JSON.parse(JSON.stringify(report)).flight).toHaveLength(report!.flight.length);
  });

  it("tells of the timer that threw, and of the message that was executing", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    await expect(app.refs.actor.ask.bomb()).rejects.toMatchObject({ code: "ActorDied" });
    const [report] = app.reports();
    expect(told(report)).toEqual([
      ...["note starts", "actor-started", "accepted bomb 1", "started bomb 1", "timer", "actor-crashed"],
    ]);
    expect(report).toMatchObject({ executing: [{ method: "bomb", seq: 1, deaths: 1 }], record: { phase: "js" } });
  });

  it("tells of a start that failed, in place", async () => {
    const options = { backoff: { initial: 1 } };
    const spec = {
      inline: () => inline(Recorded, { fails: 2 }, options),
      thread: () => thread<Recorded>(url, { fails: 2 }, options),
      fork: () => fork<Recorded>(url, { fails: 2 }, options),
    };
    await using app = await system(supervisor({}, { actor: spec[level]() }));
    await app.refs.actor.ask.throw().catch(() => {});
    expect(await app.refs.actor.ask.say("back")).toBe("back");
    const failed = app.reports()[1];
    expect(failed).toMatchObject({ cause: { kind: "start-failed" }, record: { finished: [expect.any(Number)] } });
    expect(told(failed)!.slice(-3)).toEqual(["actor-crashed 1", "note starts", "actor-crashed"]);
    expect(failed!.flight.at(-1)).toMatchObject({ path: "app/actor", incarnation: 2 });
  });

  it("goes on with the next incarnation, and each report keeps what was there at its own death", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    const { actor } = app.refs;
    for (let i = 0; i < 2; i++) await actor.ask.throw().catch(() => {});
    const [first, second] = app.reports();
    expect(told(first)).toHaveLength(6);
    expect(second!.flight.map(({ incarnation }) => incarnation)).toEqual([...Array(6).fill(1), ...Array(6).fill(2)]);
  });

  it("holds the last 256 events, however many there were", async () => {
    await using app = await system(supervisor({}, { actor: levels[level]() }));
    const { actor } = app.refs;
    await Promise.all(Array.from({ length: 500 }, (_, i) => actor.ask.say(i)));
    await actor.ask.throw().catch(() => {});
    const [report] = app.reports();
    expect(report!.flight.length).toBeGreaterThanOrEqual(256);
    expect(report!.flight.length).toBeLessThanOrEqual(512);
    expect(told(report)!.slice(-4)).toEqual([
      "accepted throw 501",
      "started throw 501",
      "note about to throw",
      "actor-crashed 501",
    ]);
    expect(report!.flight.every(({ at }, i, all) => i === 0 || at >= all[i - 1]!.at)).toBe(true);
  });
});

describe("the flight recorder of a host that is gone", () => {
  it.each(["thread", "fork"] as const)("tells of the start that failed in the next one, %s", async (level) => {
    const options = { backoff: { initial: 1 } };
    const spec = (level === "thread" ? thread<Recorded> : fork<Recorded>)(url, { fails: 2 }, options);
    await using app = await system(supervisor({}, { actor: spec }));
    await app.refs.actor.ask.exit().catch(() => {});
    expect(await app.refs.actor.ask.say("back")).toBe("back");
    const failed = app.reports()[1];
    expect(failed).toMatchObject({ cause: { kind: "start-failed" }, record: { phase: "idle" } });
    expect(told(failed)).toEqual(["note starts", "actor-crashed"]);
  });

  it.each(["die", "exit"] as const)("can be read to its last line: %s, in a process", async (method) => {
    await using app = await system(supervisor({}, { actor: levels.fork() }));
    const { actor } = app.refs;
    await actor.ask.say(1);
    await expect(actor.ask[method]()).rejects.toMatchObject({ code: "ActorDied" });
    const [report] = app.reports();
    expect(told(report)!.slice(-3)).toEqual([`accepted ${method} 2`, `started ${method} 2`, `note about to ${method}`]);
    expect(report!.record).toMatchObject({ phase: "js", finished: [1] });
  });

  it("names the actors of a shared cell, and what each did", async () => {
    await using app = await system(supervisor({}, { users: keyed(thread<Recorded>(url), { cells: 1 }) }));
    const { users } = app.refs;
    for (const key of ["a", "b"]) await users.key(key).ask.say(key);
    await users
      .key("b")
      .ask.exit()
      .catch(() => {});
    const [report] = app.reports();
    const told = report!.flight.map(({ key, kind }) => `${key} ${kind}`);
    expect(told).toEqual([
      ...["a note", "a actor-started", "a accepted", "a started", "a settled"],
      ...["b note", "b actor-started", "b accepted", "b started", "b settled"],
      ...["b accepted", "b started", "b note"],
    ]);
    expect(report!.record!.finished).toEqual([]);
  });

  it("says that a host died in native code, and how old its beat was", async () => {
    await using app = await system(supervisor({}, { actor: levels.thread() }));
    const { actor } = app.refs;
    await expect(actor.ask.inNative(60_000)).rejects.toMatchObject({ code: "ActorDied" });
    const [report] = app.reports();
    expect(report!.cause).toMatchObject({ kind: "hung", method: "inNative" });
    expect(report!.record).toMatchObject({ phase: "native", external: expect.any(Number), finished: [0] });
    expect(report!.record!.beatAgeMs).toBeGreaterThanOrEqual(0);
    expect(report!.record!.heap).toBeGreaterThan(1e6);
  });

  it("is empty where no host was there", async () => {
    const guiltyIntensity = { restarts: 0, within: "60s" } as const;
    const actor = inline(Recorded, undefined, { guiltyIntensity, overBudget: "escalate" });
    await using app = await system(supervisor({}, { inner: supervisor({}, { actor }) }));
    await app.refs.inner.actor.ask.throw().catch(() => {});
    await until(() => app.reports().length > 1, "the supervisor gave up");
    expect(app.reports()[1]).toMatchObject({ path: "app/inner", flight: [], record: undefined });
  });
});
