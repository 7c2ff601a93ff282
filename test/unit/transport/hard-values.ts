import { deepStrictEqual } from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";
import type { Frame } from "../../../src/transport/frame-codec.js";

export const done = (value: unknown): Frame => ({
  t: "done",
  actor: 3,
  incarnation: 2,
  seq: 1,
  ran: true,
  outcome: { ok: true, value: { value, special: false } },
  state: undefined,
  events: undefined,
});

export const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
  maxDepth: 4,
});

/** The same object twice, own __proto__ keys, halves of surrogate pairs: what codecs lose. */
export const hard = fc.oneof(
  plain,
  plain.map((value) => [value, value]),
  plain.map((value) => ({ a: value, b: { c: value } })),
  plain.map((value) => JSON.parse(`{"__proto__": 1, "x": ${JSON.stringify(inspect(value))}}`) as unknown),
  fc.string({ unit: "binary" }).map((text) => `${text}\ud800`),
  fc.string({ unit: "binary", minLength: 41, maxLength: 200 }),
  fc.double().map((value) => (value === 0 ? -0 : value)),
  plain.map((value) => Object.assign([1, 2], { hung: value })),
  plain.map((value) => {
    const bytes = new Uint8Array(16);
    return [bytes, new Float32Array(bytes.buffer), value];
  }),
  fc.constant(new Date(Number.NaN)),
  fc.array(fc.integer()),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => bytes.buffer),
  fc.dictionary(fc.string(), plain),
);

/** Equal in value, and in which parts are one object. */
export function same(arrived: unknown, expected: unknown): void {
  const text = inspect(expected, { depth: null, sorted: false });
  // Two invalid dates are never equal for assert.
  if (text.includes("Invalid Date")) expect(inspect(arrived, { depth: null, sorted: false })).toBe(text);
  else deepStrictEqual(arrived, expected);
  if (Array.isArray(expected) && expected.length > 1) {
    expect((arrived as unknown[])[0] === (arrived as unknown[])[1]).toBe(expected[0] === expected[1]);
  }
}
