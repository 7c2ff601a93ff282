import { type App, isHoldfastError, pool, thread } from "holdfast";
import { describe, expect, it, onTestFinished } from "vitest";
import { seededChance } from "../../src/clock.js";
import type { Tensors } from "../actors/tensors.mjs";
import { play } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/tensors.mjs", import.meta.url);
const used = (app: object) => (app as { tensors: { used: number } }).tensors.used;

/** What an ask may end with here: its threads are killed and its callers lose patience. */
const expected = [
  "Overloaded",
  "ActorDied",
  "ActorStopped",
  "Cancelled",
  "PoisonedMessage",
  "Timeout",
  "Unavailable",
] as const;

async function answerOf(ask: Promise<unknown>): Promise<unknown> {
  try {
    return await ask;
  } catch (error) {
    if (expected.some((code) => isHoldfastError(error, code))) return undefined;
    throw error;
  }
}

const filled = (app: App<unknown>, value: number) => {
  const tensor = app.tensor("float32", [5000]);
  tensor.data.fill(value);
  return tensor;
};

describe("memory of leased tensors", () => {
  it.each([11, 12, 13])("is all free in the end, whatever happens while they are lent (seed %i)", async (seed) => {
    const chance = seededChance(seed);
    const intensity = { restarts: 1000, within: "1s" } as const;
    const work = pool(thread<Tensors>(url, undefined, { intensity, backoff: { initial: 1, max: 5 } }), { size: 2 });
    const { app, refs } = await play({ work }, { intensity });
    const ends = { answered: 0, failed: 0, killed: 0 };
    const caller = async (i: number) => {
      for (let turn = 0; turn < 25; turn++) {
        const value = i * 100 + turn;
        const tensor = filled(app, value);
        const does = chance();
        const cancel = new AbortController();
        const { ask, tell } = refs.work.with({ signal: cancel.signal, timeout: does < 0.3 ? 3 : 20_000 });
        if (does > 0.95) {
          tell.sum(tensor);
          continue;
        }
        const asked =
          chance() < 0.5 ? answerOf(ask.slowly(tensor, chance() * 8)) : answerOf(ask.sum(tensor).then((s) => s / 5000));
        if (does > 0.3 && does < 0.5) setTimeout(() => cancel.abort(), chance() * 6);
        if (does > 0.85 && app.kill(`work/${1 + Math.floor(chance() * 2)}`)) ends.killed++;
        const answer = await asked;
        if (answer === undefined) ends.failed++;
        else expect(answer).toBe(value);
        if (answer !== undefined) ends.answered++;
        // Whatever became of the ask, its caller has it again, as it was.
        expect(tensor.data.every((x) => x === value)).toBe(true);
        tensor.release();
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => caller(i)));
    expect(Math.min(ends.answered, ends.failed, ends.killed)).toBeGreaterThan(0);
    await until(() => used(app) === 0, "all slots free");
  });
});

describe("a tensor that a tell has taken", () => {
  it("is said to be given away from that moment on, and its scope may end", async () => {
    const { app, refs } = await play({ tensors: thread<Tensors>(url) });
    const tensor = filled(app, 1);
    expect(refs.tensors.tell.sum(tensor)).toBe(true);
    expect(() => tensor.data).toThrow("its data was used after it was given away: a tell");
    tensor[Symbol.dispose]();
    await until(() => used(app) === 0, "its slot to be free");
  });
});

describe("tensors that are lost at one place", () => {
  it("are warned of at the first and the tenth, with their number", async () => {
    const { runInNewContext } = await import("node:vm");
    const { setFlagsFromString } = await import("node:v8");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const warnings: string[] = [];
    const heard = (warning: Error) => warnings.push(warning.message);
    process.on("warning", heard);
    onTestFinished(() => void process.off("warning", heard));
    const { app } = await play({ tensors: thread<Tensors>(url) });
    for (let i = 0; i < 20; i++) app.tensor("float32", [5000]);
    await until(() => {
      collect();
      return used(app) === 0;
    }, "all to be taken back");
    await until(() => warnings.length >= 2, "the warnings");
    expect(warnings.map((text) => text.includes("(10 from there so far)"))).toEqual([false, true]);
  });
});
