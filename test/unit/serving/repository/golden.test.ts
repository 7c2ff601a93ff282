import { expect, test } from "vitest";
import { wrongIn } from "../../../../src/serving/repository/swap/golden.js";
import { readGolden } from "../../../../src/serving/repository/swap/golden-file.js";
import type { ModelTensor } from "../../../../src/serving/runtimes/model.js";

const floats = (...data: number[]): ModelTensor => ({
  dtype: "float32",
  shape: [data.length],
  data: new Float32Array(data),
});
const sample = (expected: Record<string, ModelTensor>, tolerance?: number) => ({
  request: { inputs: {} },
  expected,
  ...(tolerance === undefined ? {} : { tolerance }),
});

test("numbers may be off by the tolerance, relative where they are large", () => {
  const known = sample({ y: floats(0.5, 1000) });
  expect(wrongIn(known, { outputs: { y: floats(0.5005, 1000.5) } })).toBeUndefined();
  expect(wrongIn(known, { outputs: { y: floats(0.502, 1000) } })).toMatch(
    /^output "y" is 0\.50\d+ at element 0, and 0\.5 is known/,
  );
  expect(wrongIn(sample({ y: floats(1) }, 0.5), { outputs: { y: floats(1.4) } })).toBeUndefined();
});

test("what is no number is wrong where a number is known, and right where none is", () => {
  expect(wrongIn(sample({ y: floats(1) }), { outputs: { y: floats(Number.NaN) } })).toMatch(/is NaN/);
  expect(wrongIn(sample({ y: floats(Number.NaN) }), { outputs: { y: floats(Number.NaN) } })).toBeUndefined();
  expect(wrongIn(sample({ y: floats(Number.POSITIVE_INFINITY) }), { outputs: { y: floats(1) } })).toMatch(/is 1/);
});

test("shape, dtype and a missing output are told before numbers", () => {
  const known = sample({ y: floats(1, 2) });
  expect(wrongIn(known, { outputs: { y: floats(1) } })).toBe('output "y" has shape [1] instead of [2]');
  expect(wrongIn(known, { outputs: { z: floats(1) } })).toBe('there is no output "y", but z');
  const ints: ModelTensor = { dtype: "int32", shape: [2], data: new Int32Array([1, 2]) };
  expect(wrongIn(known, { outputs: { y: ints } })).toBe('output "y" is int32 instead of float32');
});

test("whole numbers of 64 bits and texts are compared whole", () => {
  const big = (value: bigint): ModelTensor => ({ dtype: "int64", shape: [1], data: new BigInt64Array([value]) });
  const large = 2n ** 60n;
  expect(wrongIn(sample({ y: big(large) }, 0), { outputs: { y: big(large) } })).toBeUndefined();
  expect(wrongIn(sample({ y: big(large) }, 0), { outputs: { y: big(large + 1n) } })).toBeDefined();
  const text = (value: string | Uint8Array): ModelTensor => ({ dtype: "string", shape: [1], data: [value] });
  expect(
    wrongIn(sample({ y: text("cat") }), { outputs: { y: text(new TextEncoder().encode("cat")) } }),
  ).toBeUndefined();
  expect(wrongIn(sample({ y: text("cat") }), { outputs: { y: text("dog") } })).toBe('output "y" differs at element 0');
});

test("half precision is compared as the numbers that it stands for", () => {
  const half = (...bits: number[]): ModelTensor => ({
    dtype: "float16",
    shape: [bits.length],
    data: new Uint16Array(bits),
  });
  // -0 is 0; 1 and the next number after it differ by a thousandth.
  expect(wrongIn(sample({ y: half(0x8000) }), { outputs: { y: half(0) } })).toBeUndefined();
  expect(wrongIn(sample({ y: half(0x3c00) }, 1e-2), { outputs: { y: half(0x3c01) } })).toBeUndefined();
  expect(wrongIn(sample({ y: half(0x3c00) }), { outputs: { y: half(0x4000) } })).toMatch(
    /is 2 at element 0, and 1 is known/,
  );
});

const file = JSON.stringify([
  {
    request: { inputs: [{ name: "x", datatype: "FP32", shape: [2], data: [1, 2] }], outputs: [{ name: "y" }] },
    response: { model_name: "digits", outputs: [{ name: "y", datatype: "INT64", shape: [1], data: [7] }] },
    tolerance: 0,
  },
]);

test("a golden.json holds requests and answers as the Open Inference Protocol writes them", () => {
  expect(readGolden(file, "golden.json")).toEqual([
    {
      request: { inputs: { x: floats(1, 2) }, outputs: ["y"] },
      expected: { y: { dtype: "int64", shape: [1], data: new BigInt64Array([7n]) } },
      tolerance: 0,
    },
  ]);
});

test.each([
  ["{", /golden\.json holds no golden samples/],
  ["{}", /give a list of/],
  ["[{}]", /sample 0 lacks request or response/],
  ["[null]", /sample 0 lacks/],
  [file.replace("FP32", "FP31"), /sample 0: inputs\[0\]\.datatype/],
  [file.replace('"tolerance":0', '"tolerance":"x"'), /tolerance is "x"/],
])("what a golden.json cannot be is told: %s", (text, message) => {
  expect(() => readGolden(text, "golden.json")).toThrow(message);
});
