import { type ActorOptions, fork, keyed, pool, refTo, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Crowd } from "../actors/crowd.mjs";
import type { Gate, Plan } from "./gate.js";
import { deaths, failure, gateOf, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/crowd.mjs", import.meta.url);
const gate = refTo<Gate>("gate");

function crowd(level: "thread" | "fork", name: "Crowd" | "Queue", options: ActorOptions = {}) {
  const spec = level === "thread" ? thread : fork;
  return spec<Crowd>(url, { gate }, { export: name, backoff: { initial: 1, max: 1 }, ...options });
}

/** What ran beside others, and beside how many. */
function beside(made: Plan, name: string): number[] {
  return made.notes.filter((note) => note.startsWith(`${name} beside `)).map((note) => Number(note.split(" ").pop()));
}

describe.each(walls)("suspects of a death, $level", ({ level }) => {
  it("are tried again one at a time, and only the one that dies alone is guilty", async () => {
    const made = plan();
    const { refs, app, letters } = await play({ gate: gateOf(made), crowd: crowd(level, "Crowd") });
    const [a, b] = [refs.crowd.ask.hold("a"), refs.crowd.ask.hold("b")];
    const once = failure(refs.crowd.ask.holdOnce("once"));
    const bomb = failure(refs.crowd.ask.bomb("bomb"));
    for (const name of ["a", "b", "once", "bomb"]) await made.reached(name);
    const later = refs.crowd.ask.say("later");
    made.open("bomb");
    expect(await once).toMatchObject({ code: "ActorDied" });
    await made.reached("a", 2);
    made.open("a");
    made.open("b");
    expect(await Promise.all([a, b])).toEqual(["a", "b"]);
    const error = await bomb;
    const ids = deaths(app).map(({ id }) => id);
    expect(error).toMatchObject({ code: "PoisonedMessage", retryable: false });
    expect(error.details).toMatchObject({ deaths: 2, reports: ids.slice(1) });
    expect(await later).toBe("later");
    expect(beside(made, "a")).toEqual([0, 0]);
    expect(beside(made, "b")).toEqual([1, 0]);
    expect(beside(made, "bomb").slice(1)).toEqual([0, 0]);
    expect(deaths(app).map(({ executing }) => executing.map(({ method, deaths }) => `${method} ${deaths}`))).toEqual([
      ["hold 0", "hold 0", "holdOnce 0", "bomb 0"],
      ["bomb 1"],
      ["bomb 2"],
    ]);
    const causes = deaths(app).slice(1);
    expect(letters).toMatchObject([
      { method: "bomb", reason: "poison", evidence: { deaths: 2, shape: "[string]", charges: [{}, {}] } },
    ]);
    expect(letters[0]!.evidence!.charges.map(({ report }) => report)).toEqual(causes.map(({ id }) => id));
  });

  it("are none where an uncaught error is traced to its message", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), crowd: crowd(level, "Crowd") });
    const innocent = [refs.crowd.ask.hold("a"), refs.crowd.ask.hold("b")];
    const guilty = failure(refs.crowd.ask.throwLater("bomb"));
    for (const name of ["a", "b", "bomb"]) await made.reached(name);
    made.open("bomb");
    await made.reached("b", 2);
    made.open("a");
    made.open("b");
    expect(await Promise.all(innocent)).toEqual(["a", "b"]);
    expect(await guilty).toMatchObject({ code: "PoisonedMessage" });
    expect(deaths(app)).toMatchObject([
      { cause: { kind: "uncaught", seq: 3 }, executing: [{ deaths: 0 }, { deaths: 0 }, { deaths: 1 }] },
      { cause: { kind: "uncaught" }, executing: [{ method: "throwLater", deaths: 2 }] },
    ]);
    // They were never suspected: the second of them ran beside the first again.
    expect(beside(made, "b")[1]).toBe(1);
  });

  it("are not charged at once with what an earlier message had left behind", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), queue: crowd(level, "Queue") });
    for (const bomb of ["bomb 1", "bomb 2"]) await refs.queue.ask.leaveBomb(bomb);
    const innocent = refs.queue.ask.hold("a");
    await made.reached("a");
    made.open("bomb 1");
    await made.reached("a", 2);
    await until(() => deaths(app).length === 1, "a death");
    made.open("a");
    expect(await innocent).toBe("a");
    expect(deaths(app)).toMatchObject([{ cause: { kind: "uncaught", seq: 1 }, executing: [{ deaths: 0 }] }]);
  });

  it("are not charged with a timer that another message had made with this.after()", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), queue: crowd(level, "Queue") });
    await refs.queue.ask.leaveTimer("timer");
    const innocent = refs.queue.ask.hold("a");
    await made.reached("a");
    made.open("timer");
    await made.reached("a", 2);
    made.open("a");
    expect(await innocent).toBe("a");
    expect(deaths(app)).toMatchObject([{ cause: { kind: "threw", seq: 1 }, executing: [{ deaths: 0 }] }]);
  });

  it("are all who executed where one of them blocks the loop, and another is past its limit first", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), crowd: crowd(level, "Crowd") });
    const short = refs.crowd.ask.short("short");
    await made.reached("short");
    const bomb = failure(refs.crowd.ask.loop("loop"));
    await made.reached("loop");
    made.open("loop");
    await made.reached("short", 2);
    made.open("short");
    expect(await short).toBe("short");
    expect(await bomb).toMatchObject({ code: "PoisonedMessage" });
    expect(deaths(app).map(({ executing }) => executing.map(({ method, deaths }) => `${method} ${deaths}`))).toEqual([
      ["short 0", "loop 0"],
      ["loop 1"],
      ["loop 2"],
    ]);
  });

  it("are those of all keys of a cell, and other keys wait while one is tried", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), keys: keyed(crowd(level, "Queue")) });
    const innocent = ["a", "b"].map((key) => refs.keys.key(key).ask.hold(key));
    const guilty = failure(refs.keys.key("bad").ask.bomb("bomb"));
    for (const name of ["a", "b", "bomb"]) await made.reached(name);
    made.open("bomb");
    await until(() => ["a", "b", "bomb"].some((name) => made.arrivals(name) === 2), "a trial");
    const bystander = refs.keys.key("c").ask.say("c");
    made.open("a");
    made.open("b");
    expect(await Promise.all(innocent)).toEqual(["a", "b"]);
    expect(await guilty).toMatchObject({ code: "PoisonedMessage" });
    expect(await bystander).toBe("c");
    for (const name of ["a", "b", "bomb"]) expect(beside(made, name)[1]).toBe(0);
    expect(deaths(app)).toHaveLength(3);
  });

  it("may ask others in their own cell, which are part of the trial", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), keys: keyed(crowd(level, "Queue")) });
    const other = refs.keys.key("other");
    const asking = refs.keys.key("a").ask.through(other, "a");
    const bystander = refs.keys.key("b").ask.hold("b");
    const bomb = failure(refs.keys.key("bad").ask.bomb("bomb"));
    for (const name of ["a", "b", "bomb"]) await made.reached(name);
    for (const name of ["bomb", "a", "b", "a through"]) made.open(name);
    expect(await Promise.all([asking, bystander])).toEqual(["a through", "b"]);
    expect(await bomb).toMatchObject({ code: "PoisonedMessage" });
  });

  it("do not hold up others when their caller gives them up before the trial", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), crowd: crowd(level, "Crowd") });
    const a = refs.crowd.ask.hold("a");
    const caller = new AbortController();
    const b = failure(refs.crowd.with({ signal: caller.signal }).ask.hold("b"));
    const bomb = failure(refs.crowd.ask.bomb("bomb"));
    for (const name of ["a", "b", "bomb"]) await made.reached(name);
    made.open("bomb");
    await made.reached("a", 2);
    caller.abort();
    expect(await b).toMatchObject({ code: "Cancelled" });
    made.open("a");
    expect(await a).toBe("a");
    expect(await bomb).toMatchObject({ code: "PoisonedMessage" });
    expect(made.arrivals("b")).toBe(1);
    expect(await refs.crowd.ask.say("after")).toBe("after");
  });

  it("are tried in a pool while its other members go on", async () => {
    const made = plan();
    const members = pool(crowd(level, "Crowd", { window: 4 }), { size: 2 });
    const { refs, app } = await play({ gate: gateOf(made), members });
    const all = ["a", "b", "c", "d", "e", "f", "g"].map((name) => refs.members.ask.hold(name));
    const bomb = failure(refs.members.ask.bomb("bomb"));
    await until(() => made.notes.length === 8, "all of them");
    made.open("bomb");
    await until(() => deaths(app).length === 1, "a death");
    for (const name of ["a", "b", "c", "d", "e", "f", "g"]) made.open(name);
    expect(await Promise.all(all)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
    expect(await bomb).toMatchObject({ code: "PoisonedMessage", details: { deaths: 2 } });
    expect(beside(made, "bomb").slice(1)).toEqual([0, 0]);
    expect(deaths(app)).toHaveLength(3);
    expect(await refs.members.ask.say("alive")).toBe("alive");
  });

  it("do not hold up a busy pool when their callers give them up before anybody can try them", async () => {
    const made = plan();
    const members = pool(crowd(level, "Crowd", { window: 4 }), { size: 2 });
    const { refs } = await play({ gate: gateOf(made), members });
    const tried = refs.members.ask.hold("a");
    const caller = new AbortController();
    const given = refs.members.with({ signal: caller.signal });
    const suspects = [failure(given.ask.hold("b")), failure(given.ask.hold("c")), failure(given.ask.bomb("bomb"))];
    for (const name of ["a", "b", "c", "bomb"]) await made.reached(name);
    const long = refs.members.ask.hold("long");
    await made.reached("long");
    made.open("bomb");
    await made.reached("a", 2);
    // One member tries the first suspect, the other is busy and can try nobody: the rest waits behind those, in order.
    const later = refs.members.ask.say("later");
    caller.abort();
    for (const suspect of suspects) expect(await suspect).toMatchObject({ code: "Cancelled" });
    expect(await later).toBe("later");
    for (const name of ["a", "long"]) made.open(name);
    expect(await Promise.all([tried, long])).toEqual(["a", "long"]);
  });
});
