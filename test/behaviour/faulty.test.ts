import { type ActorOptions, type ActorSpec, fork, inline, pool, supervisor, system, thread } from "holdfast";
import { type Faults, faulty, stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { Reader } from "../actors/reader.mjs";
import { failure, levels, walls } from "./stage.js";

const url = new URL("../actors/reader.mjs", import.meta.url);
const soon = { initial: 1, max: 1 };

function at(level: "inline" | "thread" | "fork", options: ActorOptions = {}): ActorSpec<Reader> {
  if (level === "inline") return inline(Reader, undefined, options);
  return level === "thread" ? thread<Reader>(url, undefined, options) : fork<Reader>(url, undefined, options);
}

afterEach(stopTestSystems);

describe.each(levels)("faults in an actor, $level", ({ level }) => {
  async function stage(faults: Faults<Reader>, options: ActorOptions = {}) {
    const spec = faulty(at(level, { backoff: soon, ...options }), faults);
    const test = await testSystem(supervisor({}, { reader: spec }), { time: "real" });
    return { test, reader: test.refs.reader };
  }

  it("dies on the third message it ever gets, once, and the count outlives the death", async () => {
    const { reader, test } = await stage({ diesOn: 3 });
    expect(await reader.ask.patient(1)).toBe(1);
    expect(await reader.ask.incarnation()).toBe(1);
    expect(["ActorDied", "HandlerFailed"]).toContain((await failure(reader.ask.patient(3))).code);
    for (let i = 4; i < 8; i++) expect(await reader.ask.patient(i)).toBe(i);
    expect(await reader.ask.incarnation()).toBe(2);
    const kind = { inline: "threw", thread: "exit", fork: "exit" }[level];
    expect(test.app.reports().map(({ cause }) => cause.kind)).toEqual([kind]);
  });

  it("counts one method alone, and goes on across restarts that others caused", async () => {
    const { reader, test } = await stage({ throwsOn: { method: "patient", nth: 2 } });
    await reader.ask.patient(1);
    await reader.ask.reads();
    test.app.kill("reader", { by: "a test" });
    const error = await failure(reader.ask.patient(2));
    expect(error).toMatchObject({ code: "HandlerFailed" });
    expect(error.message).toContain("failed on purpose");
    expect(await reader.ask.patient(3)).toBe(3);
  });

  it("dies each time where it is told to", async () => {
    const { reader } = await stage({ throwsOn: { every: 2 } });
    const outcomes = [];
    for (let i = 0; i < 6; i++)
      outcomes.push(
        await reader.ask.patient(i).then(
          () => "ok",
          ({ code }) => code,
        ),
      );
    expect(outcomes).toEqual(["ok", "HandlerFailed", "ok", "HandlerFailed", "ok", "HandlerFailed"]);
  });

  it("hangs in a handler until its method's limit ends it", async () => {
    const { reader, test } = await stage({ hangsOn: "patient" });
    expect(await failure(reader.ask.patient(1))).toMatchObject({ code: "ActorDied" });
    expect(test.app.reports()).toMatchObject([{ cause: { kind: "hung", method: "patient" } }]);
  });

  it("throws in its first starts, and comes up with the next", async () => {
    const spec = faulty(at(level, { backoff: soon }), { throwsInStart: 2 });
    const test = await testSystem(supervisor({}, { reader: spec }), { time: "real", start: "background" });
    await test.until("reader", "running");
    expect(await test.refs.reader.ask.incarnation()).toBe(3);
  });

  it("hangs in its start until startTimeout ends it", async () => {
    const spec = faulty(at(level, { startTimeout: level === "fork" ? "700ms" : "300ms" }), { hangsInStart: true });
    const error = await failure(system(supervisor({}, { reader: spec })));
    expect(error).toMatchObject({ code: "StartFailed" });
    expect(error.message).toContain("startTimeout");
  });

  it("is slow to stop, and is ended by its shutdown time", async () => {
    const { test } = await stage({ slowToStop: Number.POSITIVE_INFINITY }, { shutdown: "50ms" });
    await test.stop();
    expect(test.record.states("reader")).toEqual(["draining", "stopping", "stopped"]);
  });

  it("keeps the class as it is: private fields, declared methods, streams", async () => {
    const { reader } = await stage({ slowOn: { method: "upTo", by: 1 }, throwsOn: { method: "upTo", nth: 2 } });
    const values = [];
    for await (const value of reader.ask.upTo(3)) values.push(value);
    expect(values).toEqual([1, 2, 3]);
    const broken = (async () => {
      for await (const _ of reader.ask.upTo(3));
    })();
    expect(await failure(broken)).toMatchObject({ code: "HandlerFailed" });
    expect(await reader.ask.reads()).toBe(0);
  });

  it("names a method that the class does not have", async () => {
    const start = async () => system(supervisor({}, { reader: faulty(at(level), { diesOn: "raed" as "read" }) }));
    expect((await failure(start())).message).toContain('Reader has no method "raed"; it has: read, save');
  });
});

describe.each(walls)("faults that only a wall contains, $level", ({ level }) => {
  it("blocks its event loop, and the limit kills the host", async () => {
    const spec = faulty(at(level, { backoff: soon }), { blocksOn: { method: "patient", nth: 1 } });
    const test = await testSystem(supervisor({}, { reader: spec }), { time: "real" });
    expect(await failure(test.refs.reader.ask.patient(1))).toMatchObject({ code: "ActorDied" });
    expect(await test.refs.reader.ask.patient(2)).toBe(2);
  });

  it("dies in its first start: the tree does not start, with the host's end as the reason", async () => {
    const spec = faulty(at(level), { diesInStart: 1 });
    expect(await failure(system(supervisor({}, { reader: spec })))).toMatchObject({ code: "StartFailed" });
  });
});

describe("faulty()", () => {
  it("counts the members of a pool together, across threads", async () => {
    const member = faulty(thread<Reader>(url, undefined, { backoff: soon }), { diesOn: 5 });
    const test = await testSystem(supervisor({}, { readers: pool(member, { size: 2 }) }), { time: "real" });
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => test.refs.readers.ask.patient(i)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(test.app.reports()).toHaveLength(1);
  });

  it("takes the named export of a module that has several actors", async () => {
    const cast = new URL("../actors/cast.mjs", import.meta.url);
    const spec = faulty(thread<Hand>(cast, undefined, { export: "Hand" }), { throwsOn: "keep" });
    const test = await testSystem(supervisor({}, { hand: spec }), { time: "real" });
    expect(await test.refs.hand.ask.say("hello")).toBe("hello");
    expect(await failure(test.refs.hand.ask.keep(1))).toMatchObject({ code: "HandlerFailed" });
  });

  it("makes a faulty class of a class", async () => {
    const Faulty = faulty(Hand, { throwsOn: 1 });
    expect(Faulty.name).toBe("Hand");
    const test = await testSystem(supervisor({}, { hand: inline(Faulty) }));
    expect(await failure(test.refs.hand.ask.say(1))).toMatchObject({ code: "HandlerFailed" });
    expect(await test.refs.hand.ask.say(2)).toBe(2);
  });

  it.each([
    [() => faulty(inline(Hand), { diesOn: 0 }), "faulty().diesOn is 0: give a whole number above 0"],
    [() => faulty(inline(Hand), { diesOn: { nth: 1, every: 2 } }), "both nth and every"],
    [() => faulty(inline(Hand), { dieOn: 1 } as never), 'did you mean "diesOn"?'],
    [() => faulty(inline(Hand), { blocksOn: 1 }), "use hangsOn, or thread() and fork()"],
    [() => faulty(pool(inline(Hand)) as never, { diesOn: 1 }), "faulty() got a pool spec"],
    [() => faulty(inline(Hand), { slowToStop: "soon" as never }), 'faulty().slowToStop is "soon"'],
  ])("refuses what nobody could mean: %#", (make, message) => {
    expect(make).toThrow(message);
  });
});
