import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "../../../src/protocol/codec.js";
import { dtypes, type Tensor } from "../../../src/protocol/dtypes.js";
import { type Format, fromWire } from "../../../src/protocol/values.js";

function crossed(value: unknown, format: Format): unknown {
  const frame = decodeFrame(encodeFrame({ value }, format)) as { value: unknown };
  return fromWire(frame.value, format, "value");
}

describe.each(["binary", "text"] as const)("tensors in %s frames", (format) => {
  test("a typed array travels as a tensor of one dimension and arrives as a typed array", () => {
    const samples = new Float32Array([0.5, -1, Number.NaN]);
    const frame = decodeFrame(encodeFrame({ value: samples }, format)) as { value: Record<string, unknown> };
    expect(frame.value).toMatchObject({ dtype: "float32", shape: [3] });
    expect(fromWire(frame.value, format, "value")).toEqual(samples);
  });

  test("more dimensions keep their shape", () => {
    const image: Tensor = { dtype: "float32", shape: [2, 1, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) };
    expect(crossed(image, format)).toEqual(image);
  });

  test("a scalar is a tensor without dimensions", () => {
    const rate: Tensor = { dtype: "int64", shape: [], data: new BigInt64Array([16000n]) };
    expect(crossed(rate, format)).toEqual(rate);
  });

  test("an empty dimension is allowed", () => {
    expect(crossed({ dtype: "float32", shape: [0, 4], data: new Float32Array() }, format)).toEqual({
      dtype: "float32",
      shape: [0, 4],
      data: new Float32Array(),
    });
  });

  test("float16 and bool keep the object form, because their typed array does not tell what they are", () => {
    const half: Tensor = { dtype: "float16", shape: [2], data: new Uint16Array([0x3c00, 0xc000]) };
    const mask: Tensor = { dtype: "bool", shape: [2], data: new Uint8Array([1, 0]) };
    expect(crossed([half, mask], format)).toEqual([half, mask]);
  });

  test("a view into a larger buffer sends only its own elements", () => {
    const whole = new Float32Array([1, 2, 3, 4]);
    expect(crossed(whole.subarray(1, 3), format)).toEqual(new Float32Array([2, 3]));
  });

  test("every dtype arrives as it was sent", () => {
    for (const dtype of dtypes) {
      const sent = fromWire(
        { dtype, shape: [1, 2], data: new Uint8Array(16).subarray(0, 2 * widthOf(dtype)) },
        "binary",
        "x",
      );
      expect(crossed(sent, format)).toEqual(sent);
    }
  });

  test("raw little-endian bytes may be given for any dtype", () => {
    const raw = { dtype: "float32", shape: [1, 1], data: new Uint8Array([0, 0, 128, 63]) };
    expect(crossed(raw, format)).toEqual({ dtype: "float32", shape: [1, 1], data: new Float32Array([1]) });
  });
});

test("the bytes of a tensor are little-endian", () => {
  const frame = decodeFrame(encodeFrame({ value: new Uint16Array([0x0102]) }, "binary")) as {
    value: { data: Uint8Array };
  };
  expect([...frame.value.data]).toEqual([2, 1]);
});

test("in JSON the data may be a list of numbers, 64 bit integers as strings", () => {
  expect(fromWire({ dtype: "float32", shape: [3], data: [1, 2.5, "NaN"] }, "text", "x")).toEqual(
    new Float32Array([1, 2.5, Number.NaN]),
  );
  expect(fromWire({ dtype: "int64", shape: [2], data: ["9007199254740993", 2] }, "text", "x")).toEqual(
    new BigInt64Array([9007199254740993n, 2n]),
  );
});

describe("a tensor that cannot be right is refused by name", () => {
  const data = new Uint8Array(8);
  test.each<[string, unknown, Format, string]>([
    [
      "too few bytes",
      { dtype: "float32", shape: [3], data },
      "binary",
      "x is float32[3], that is 12 bytes, but its data has 8",
    ],
    ["a negative size", { dtype: "float32", shape: [-2], data }, "binary", "shape that is not a list"],
    ["a shape that is no list", { dtype: "float32", shape: 2, data }, "binary", "shape that is not a list"],
    ["a fractional size", { dtype: "uint8", shape: [0.5, 16], data }, "binary", "shape that is not a list"],
    ["sizes that overflow", { dtype: "uint8", shape: [2 ** 40, 2 ** 40], data }, "binary", "but its data has 8"],
    ["data that is text in binary frames", { dtype: "uint8", shape: [3], data: "AAAA" }, "binary", "data is not bin"],
    ["data that is not base64", { dtype: "uint8", shape: [3], data: "A*A=" }, "text", "not base64"],
    ["an element that is no number", { dtype: "float32", shape: [1], data: ["one"] }, "text", "not a number"],
    ["an element that is no integer", { dtype: "int64", shape: [1], data: [0.5] }, "text", "no int64"],
  ])("%s", (_, tensor, format, words) => {
    expect(() => fromWire(structuredClone(tensor), format, "x")).toThrow(words);
  });

  test("data of another dtype than it says", () => {
    expect(() => encodeFrame({ value: { dtype: "float32", shape: [1], data: new Float64Array(1) } }, "binary")).toThrow(
      "value has dtype float32 but its data is a Float64Array: give a Float32Array",
    );
  });

  test("an object that only resembles one is left alone", () => {
    const similar = { dtype: "float32", shape: [1], data: "?", name: "no tensor" };
    expect(crossed(similar, "binary")).toEqual(similar);
    expect(crossed({ dtype: "decimal", shape: 1, data: 2 }, "binary")).toEqual({ dtype: "decimal", shape: 1, data: 2 });
  });
});

function widthOf(dtype: string): number {
  if (dtype === "bool") return 1;
  return Number(/\d+$/.exec(dtype)![0]) / 8;
}
