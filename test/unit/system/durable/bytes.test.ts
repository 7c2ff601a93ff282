import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createRef } from "../../../../src/actor/ref.js";
import { fromBytes, sameBytes, toBytes } from "../../../../src/system/durable/bytes.js";
import { pack } from "../../../../src/transport/values.js";
import { anyValue } from "../../../behaviour/any-value.js";
import { asArrived } from "../../../behaviour/as-arrived.js";

it("whatever can be sent comes back as it was", () => {
  const ref = createRef({ path: "app/other", ask: async () => {}, tell: () => true });
  fc.assert(
    fc.property(anyValue(ref), (value) => {
      const { value: packed } = pack(value, "value");
      deepStrictEqual(asArrived(fromBytes(toBytes(packed))), asArrived(structuredClone(packed)));
    }),
    { numRuns: 300 },
  );
});

it.each([
  ["-0", -0],
  ["half of a surrogate pair", { text: "a\ud800b" }],
  ["such a key", { "\udc00": 1 }],
  ["a key __proto__", JSON.parse('{"__proto__": 1, "a": [2]}')],
  ["a hole", Object.assign([1], { 2: 3 })],
  ["-0 in a Map in a Set", new Set([new Map([[{ a: 1 }, -0]])])],
])("%s, which msgpack would change without a word, comes back as it was", (_, value) => {
  const back = fromBytes(toBytes(value));
  expect(back).toStrictEqual(value);
  expect(JSON.stringify(Object.keys(back as object))).toBe(JSON.stringify(Object.keys(value as object)));
});

it("no function that a sender has named toJSON is called", () => {
  const value = JSON.parse('{"constructor":1,"toJSON":1,"valueOf":2,"then":3,"length":4}');
  expect(fromBytes(toBytes(value))).toStrictEqual(value);
});

it("what comes back shares no memory with the bytes", () => {
  const bytes = toBytes([new Uint8Array([1, 2]), new Float64Array([1.5]), new Uint8Array([3]).buffer]);
  const [small, wide, buffer] = fromBytes(bytes) as [Uint8Array, Float64Array, ArrayBuffer];
  bytes.fill(0);
  expect([[...small], [...wide], [...new Uint8Array(buffer)]]).toEqual([[1, 2], [1.5], [3]]);
});

it("bytes are equal where values are", () => {
  expect(sameBytes(toBytes({ a: [1, "x"] }), toBytes({ a: [1, "x"] }))).toBe(true);
  expect(sameBytes(toBytes({ a: [1, "x"] }), toBytes({ a: [1, "y"] }))).toBe(false);
  expect(sameBytes(toBytes("x"), toBytes("xx"))).toBe(false);
});

it("bytes of an unknown form are refused", () => {
  expect(() => fromBytes(new Uint8Array([9, 1]))).toThrow("unknown form 9");
  expect(() => fromBytes(new Uint8Array())).toThrow("unknown form");
});
