import { inline } from "holdfast";
import { files, lmdb, memory } from "holdfast/state";
import { describe, expect, it } from "vitest";
import { Plain, Sum } from "../../actors/versions.mjs";
import { scratch } from "../scratch.js";
import { play } from "../stage.js";
import { Paper } from "./paper.js";

const stores = [
  ["paper", () => new Paper()],
  ["memory()", () => memory()],
  ["files()", () => files(scratch("state"))],
  ["lmdb()", () => lmdb(scratch("state"))],
] as const;

describe.each(stores)("the snapshot that an actor fell back to, in %s", (_, storeOf) => {
  it("stays until a better one is there: the same defect falls back at each start", async () => {
    const store = storeOf();
    const starts = async (lost: number[]) => {
      const plain = inline(Plain, { lost }, { durable: true });
      const { app, refs } = await play({ plain }, {}, { store });
      const from = await refs.plain.ask.from();
      const next = await refs.plain.ask.add(lost.length === 0 ? 1 : 0);
      await app.stop();
      return [from, next];
    };
    for (const n of [1, 2, 3]) expect((await starts([]))[1]).toBe(n);
    for (let i = 0; i < 3; i++) expect(await starts([3])).toEqual(["snapshot 2", 3]);
    expect(await starts([])).toEqual(["snapshot 3", 4]);
  });

  it("may be the very beginning", async () => {
    const store = storeOf();
    const starts = async (lost: number[], by: number) => {
      const sum = inline(Sum, { lost }, { durable: true, snapshotEvery: 1 });
      const { app, refs } = await play({ sum }, {}, { store });
      const from = await refs.sum.ask.from();
      const next = await refs.sum.ask.add(by);
      await app.stop();
      return [from, next];
    };
    expect(await starts([], 1)).toEqual(["nothing", 1]);
    for (let i = 2; i < 5; i++) expect(await starts([1, 2, 3], 1)).toEqual(["nothing", i]);
    expect(await starts([], 1)).toEqual(["snapshot 3", 5]);
  });
});
