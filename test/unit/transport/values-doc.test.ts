import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { HoldfastError, supervisor, system, thread } from "holdfast";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack } from "../../../src/transport/values.js";
import type { Hand } from "../../actors/cast.mjs";

/* docs/values.md, row by row: a row without an example here, or an example without a row, fails. */

const page = readFileSync(new URL("../../../docs/values.md", import.meta.url), "utf8");

function firstColumn(heading: string): string[] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`)) + 2;
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  return lines.slice(start, end).map((line) => line.split("|")[1]!.trim());
}

const sparse: unknown[] = [1];
sparse[2] = 3;
const nullish = Object.assign(Object.create(null), { a: 1 });
const own = Object.assign(new Error("paper"), { name: "OutOfPaper", code: "E" });

/** Sent, and what must arrive. */
const accepted: Record<string, [unknown, unknown][]> = {
  "`undefined`, `null`, booleans": [
    [undefined, undefined],
    [null, null],
    [true, true],
  ],
  numbers: [
    [-0, -0],
    [Number.NaN, Number.NaN],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ],
  strings: [["\ud800 half", "\ud800 half"]],
  "`bigint`": [[2n ** 70n, 2n ** 70n]],
  "plain objects": [
    [{ a: 1, [Symbol("s")]: 2 }, { a: 1 }],
    [nullish, { a: 1 }],
  ],
  arrays: [[sparse, sparse]],
  "`Map`, `Set`": [[new Map([[{ k: 1 }, new Set([1])]]), new Map([[{ k: 1 }, new Set([1])]])]],
  "`Date`": [[new Date(5), new Date(5)]],
  "typed arrays, `DataView`": [[new Int16Array([1, 2, 3]).subarray(1), new Int16Array([2, 3])]],
  "`Buffer`": [[Buffer.from("hi"), new Uint8Array([104, 105])]],
  "`ArrayBuffer`": [[new Uint8Array([1]).buffer, new Uint8Array([1]).buffer]],
  errors: [
    [new HoldfastError("Refused", "no"), new HoldfastError("Refused", "no")],
    [new RangeError("r"), new RangeError("r")],
  ],
  refs: [],
};

class Point {}
const around: unknown[] = [];
around.push(around);
const gone = new ArrayBuffer(1);
structuredClone(gone, { transfer: [gone] });

const refused: Record<string, unknown[]> = {
  "functions, symbols": [() => 1, Symbol("s")],
  "instances of classes": [new Point()],
  promises: [Promise.resolve()],
  "regular expressions": [/x/],
  "`WeakMap`, `WeakSet`": [new WeakMap(), new WeakSet()],
  "`SharedArrayBuffer`": [new SharedArrayBuffer(1)],
  "a `Proxy`": [new Proxy({}, {})],
  "a buffer that was transferred away": [gone],
  "values that contain themselves, or are nested more than 100 deep": [around],
};

describe("docs/values.md", () => {
  const start = () =>
    system(
      supervisor(
        {},
        { hand: thread<Hand>(new URL("../../actors/cast.mjs", import.meta.url), undefined, { export: "Hand" }) },
      ),
    );
  let app: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.stop());

  it("has an example here for every row", () => {
    expect(firstColumn("value")).toEqual(Object.keys(accepted));
    expect(firstColumn("refused")).toEqual(Object.keys(refused));
  });

  it.each(Object.entries(accepted))("accepts %s", async (_, examples) => {
    for (const [sent, arrives] of examples) deepStrictEqual(await app.refs.hand.ask.say(sent), arrives);
  });

  it("gives errors of other classes their name and plain fields, and refs their use", async () => {
    expect(await app.refs.hand.ask.say(own)).toMatchObject({ name: "OutOfPaper", message: "paper", code: "E" });
    expect(await ((await app.refs.hand.ask.say(app.refs.hand)) as typeof app.refs.hand).ask.say(1)).toBe(1);
  });

  it.each(Object.entries(refused))("refuses %s", (_, examples) => {
    for (const value of examples)
      expect(() => pack(value, "x")).toThrow(expect.objectContaining({ code: "InvalidValue" }));
  });
});
