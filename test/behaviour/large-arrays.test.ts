import { deepStrictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { fork, inline, pool, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import { Arrays } from "../actors/arrays.mjs";
import { play } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/arrays.mjs", import.meta.url);
const slabOf = (app: object) => (app as { slab: { used: number; held: number; full: number } }).slab;
const doubled = (array: Float32Array) => array.map((x) => x * 2);
const sample = (i: number) => new Float32Array(50_000).map((_, at) => at + i);

describe("a large array", () => {
  it.each([
    ["inline", inline(Arrays)],
    ["thread", thread<Arrays>(url)],
    ["fork", fork<Arrays>(url)],
  ])("arrives at %s as it was sent, in memory of its own, and so does the answer", async (_, spec) => {
    const { app, refs } = await play({ arrays: spec });
    const { arrays } = refs;
    const sent = Array.from({ length: 40 }, (_, i) => sample(i));
    const back = await Promise.all(sent.map((array) => arrays.ask.doubled(array)));
    for (const [i, array] of back.entries()) deepStrictEqual(array, doubled(sent[i]!));
    expect(await arrays.ask.facts(sent[0]!)).toMatchObject({ shared: false, exact: true });
    expect(await arrays.ask.kept()).toEqual(sent.map((array) => array[7]! * 2));
    expect(slabOf(app).used).toBe(0);
  });

  it("is lent to a method that borrows: the memory of the slab itself", async () => {
    const { app, refs } = await play({ arrays: thread<Arrays>(url) });
    expect(await refs.arrays.ask.borrowed(sample(1))).toEqual({ shared: true, at7: 8 });
    expect(slabOf(app).used).toBe(0);
  });

  it("waits outside the thread while some are there: no more memory is used than keeps it busy", async () => {
    const { app, refs } = await play({ arrays: thread<Arrays>(url) });
    const megabyte = (i: number) => new Float32Array(262_144).fill(i);
    const first = refs.arrays.ask.later(megabyte(0), 30);
    const rest = Array.from({ length: 20 }, (_, i) => refs.arrays.ask.later(megabyte(i + 1), 1));
    const { executing, waiting } = app.tree().children![0]!.mailbox!;
    expect({ executing, waiting }).toEqual({ executing: 4, waiting: 17 });
    expect(await Promise.all([first, ...rest])).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(slabOf(app).used).toBe(0);
  });

  it.each([0, 4])("goes to a process and back also where %i MB of memory for it are used up", async (sharedMb) => {
    const { refs } = await play({ arrays: fork<Arrays>(url) }, {}, { memory: { sharedMb } });
    const sent = Array.from({ length: 10 }, (_, i) => new Float32Array(i % 2 === 0 ? 2_000_000 : 200_000).fill(i));
    const back = await Promise.all(sent.map((array) => refs.arrays.ask.doubled(array)));
    for (const [i, array] of back.entries()) deepStrictEqual(array, doubled(sent[i]!));
  });

  it.skipIf(!existsSync("/dev/shm"))("goes to a process through a file that has no name", async () => {
    const { refs } = await play({ arrays: fork<Arrays>(url) });
    const { pid, files } = await refs.arrays.ask.openFiles();
    expect(files.filter((name) => /^\/dev\/shm\/holdfast-.*\.(in|out) \(deleted\)$/.test(name))).toHaveLength(2);
    // A child of the child has them not.
    expect(await refs.arrays.ask.filesOfChild()).not.toContain("deleted");
    expect(pid).not.toBe(process.pid);
  });

  it.skipIf(!existsSync("/dev/shm"))("ends the process, and nothing else, that has closed its file", async () => {
    const { app, refs } = await play({ arrays: fork<Arrays>(url) });
    await refs.arrays.ask.closeFiles();
    // It had not begun: the next process runs it.
    deepStrictEqual(await refs.arrays.ask.doubled(sample(2)), doubled(sample(2)));
    expect(app.reports().map(({ cause }) => cause.kind)).toEqual(["uncaught"]);
  });

  it.each([0, 8])("travels in its message where %i MB of shared memory are used up", async (sharedMb) => {
    const { app, refs } = await play({ arrays: thread<Arrays>(url) }, {}, { memory: { sharedMb } });
    const tensors = Array.from({ length: 12 }, () => app.tensor("float32", [262_144]));
    const shared = tensors.filter(({ data }) => !((data.buffer as unknown) instanceof ArrayBuffer));
    expect(shared).toHaveLength(sharedMb);
    const sent = Array.from({ length: 10 }, (_, i) => new Float32Array(2_000_000).fill(i));
    const back = await Promise.all(sent.map((array) => refs.arrays.ask.doubled(array)));
    for (const [i, array] of back.entries()) deepStrictEqual(array, doubled(sent[i]!));
    // What did not fit was counted.
    expect(slabOf(app).full).toBeGreaterThan(0);
    expect(slabOf(app).held).toBeLessThanOrEqual(sharedMb * 2 ** 20);
    for (const tensor of tensors) tensor.release();
  });

  it("keeps its order with what travels otherwise", async () => {
    const { refs } = await play({ arrays: thread<Arrays>(url) });
    const order = Array.from({ length: 60 }, (_, i) => refs.arrays.ask.order(i, i % 3 === 0 ? sample(i) : i));
    await Promise.all(order);
    expect(await refs.arrays.ask.seen()).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it.each([
    ["thread", thread<Arrays>(url)],
    ["process", fork<Arrays>(url)],
  ])("is delivered whole again after its %s was killed at any moment, and leaves nothing behind", async (_, spec) => {
    const { app, refs } = await play({ arrays: pool(spec, { size: 2 }) });
    let killed = 0;
    const asks = Array.from({ length: 120 }, async (_, i) => {
      if (i % 15 === 7) {
        for (let turns = i % 4; turns > 0; turns--) await new Promise(setImmediate);
        if (app.kill(`arrays/${1 + (i % 2)}`)) killed++;
      }
      const sent = sample(i);
      deepStrictEqual(await refs.arrays.ask.doubled(sent), doubled(sent));
    });
    await Promise.all(asks);
    expect(killed).toBeGreaterThan(0);
    await until(() => slabOf(app).used === 0, "all slots free");
  });
});
