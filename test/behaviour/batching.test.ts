import { type ActorOptions, fork, inline, pool, refTo, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import { Batches } from "../actors/batches.mjs";
import type { Gate } from "./gate.js";
import { deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";

const url = new URL("../actors/batches.mjs", import.meta.url);
const props = { gate: refTo<Gate>("gate") };
const quick: ActorOptions = { backoff: { initial: 1, max: 1 } };

function batches(level: "inline" | "thread" | "fork") {
  if (level === "inline") return inline(Batches, props, quick);
  return (level === "thread" ? thread : fork)<Batches>(url, props, quick);
}

/** What became of each item: its answer, or its error's code or name. */
function outcomesOf(asked: readonly Promise<string>[]): Promise<string[]> {
  return Promise.all(
    asked.map((answer) => answer.catch((error: Error & { code?: string }) => error.code ?? error.name)),
  );
}

describe.each(levels)("items of several callers that run in one batch, $level", ({ level }) => {
  it("are answered each with its own", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), batches: batches(level) });
    const asked = ["a", "b", "c", "d"].map((item) => refs.batches.ask.work(item));
    expect(await Promise.all(asked)).toEqual(["a!", "b!", "c!", "d!"]);
    await made.noted("ran a b c d");
  });

  it("fail alone: by an Error in an item's place, and by a run that throws, in halves", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), batches: batches(level) });
    const alone = ["a", "ALONE", "c", "d"].map((item) => refs.batches.ask.work(item));
    expect(await outcomesOf(alone)).toEqual(["a!", "RangeError", "c!", "d!"]);
    const halves = ["a", "b", "THROW", "d"].map((item) => refs.batches.ask.work(item));
    expect(await outcomesOf(halves)).toEqual(["a!", "b!", "RangeError", "d!"]);
    expect(await failure(halves[2]!)).toMatchObject({ message: "thrown for THROW" });
    expect(deaths(app)).toEqual([]);
  });

  it("leave when their callers give up, before they run", async () => {
    const made = plan();
    const { refs } = await play({ gate: gateOf(made), batches: batches(level) });
    const first = refs.batches.ask.work("wait");
    await made.reached("wait");
    const caller = new AbortController();
    const given = failure(refs.batches.with({ signal: caller.signal }).ask.work("given"));
    const kept = refs.batches.ask.work("kept");
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled" });
    made.open("wait");
    expect(await Promise.all([first, kept])).toEqual(["wait!", "kept!"]);
    expect(made.notes.filter((note) => note.includes("given"))).toEqual([]);
  });
});

describe.each(walls)("an item that ends the host of its batch, $level", ({ level }) => {
  it.each([
    ["dies", "DIE"],
    ["hangs", "HANG"],
    ["leaves an error in nobody's handler", "LATER"],
  ])("is poisoned alone where it %s, and the others are answered", async (_, bad) => {
    const made = plan();
    const { refs, app, letters } = await play({ gate: gateOf(made), batches: batches(level) });
    const asked = ["a", "b", bad, "d"].map((item) => refs.batches.ask.work(item));
    expect(await outcomesOf(asked)).toEqual(["a!", "b!", "PoisonedMessage", "d!"]);
    const ran = made.notes.filter((note) => note.includes(bad));
    expect(ran).toEqual([`ran a b ${bad} d`, `ran ${bad}`, `ran ${bad}`]);
    expect(letters).toMatchObject([{ method: "work", reason: "poison", evidence: { deaths: 2 } }]);
    expect(deaths(app).map(({ executing }) => executing.map((one) => one.deaths))).toEqual([[0, 0, 0, 0], [1], [2]]);
    expect(await refs.batches.ask.work("after")).toBe("after!");
  });

  it("costs a pool's other members nothing", async () => {
    const made = plan();
    const member = batches(level) as Parameters<typeof pool>[0];
    const { refs } = await play({ gate: gateOf(made), many: pool(member, { size: 2 }) });
    const many = refs.many as unknown as { ask: { work(item: string): Promise<string> } };
    const items = Array.from({ length: 24 }, (_, i) => (i === 7 ? "DIE" : `item ${i}`));
    const outcomes = await outcomesOf(items.map((item) => many.ask.work(item)));
    expect(outcomes).toEqual(items.map((item) => (item === "DIE" ? "PoisonedMessage" : `${item}!`)));
  });
});
