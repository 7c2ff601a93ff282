import { describe, expect, it } from "vitest";
import { readRequest } from "../../../../src/serving/model/read-request.js";
import { readTensor } from "../../../../src/serving/model/read-tensor.js";
import { thrownBy } from "../../thrown-by.js";

const read = (value: unknown, declared?: string) => readTensor('input "x"', value, declared);

describe("what stands for a tensor", () => {
  it("is the tensor itself, which is passed on untouched", () => {
    const tensor = { dtype: "float32", shape: [2, 1], data: Float32Array.of(1, 2) };
    expect(read(tensor, "float64")).toBe(tensor);
    const texts = { dtype: "string", shape: [1], data: ["a"] };
    expect(read(texts)).toBe(texts);
  });

  it("is an array of one dimension, of the declared type where the bits are those of another", () => {
    expect(read(Int32Array.of(1, 2))).toEqual({ dtype: "int32", shape: [2], data: Int32Array.of(1, 2) });
    expect(read(Uint16Array.of(0x3c00), "float16")).toMatchObject({ dtype: "float16" });
    expect(read(Uint8Array.of(1, 0), "bool")).toMatchObject({ dtype: "bool", shape: [2] });
    expect(read(Uint8Array.of(1, 0), "float32")).toMatchObject({ dtype: "uint8" });
  });

  it("are lists as deep as it has dimensions, of the declared type", () => {
    expect(
      read(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        "float64",
      ),
    ).toEqual({
      dtype: "float64",
      shape: [2, 3],
      data: Float64Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(read([[], []], "int8")).toEqual({ dtype: "int8", shape: [2, 0], data: new Int8Array() });
    expect(read(["9223372036854775807", -1], "int64")).toMatchObject({ data: BigInt64Array.of(2n ** 63n - 1n, -1n) });
    expect(read([true, 0], "bool")).toMatchObject({ data: Uint8Array.of(1, 0) });
    expect(read(["NaN", "-Infinity"], "float32")).toMatchObject({ data: Float32Array.of(Number.NaN, -Infinity) });
    expect(read([1, "-Infinity"], "float16")).toMatchObject({ data: Uint16Array.of(0x3c00, 0xfc00) });
    expect(read([["a"], ["b"]], "string")).toEqual({ dtype: "string", shape: [2, 1], data: ["a", "b"] });
    expect(read(7, "int64")).toEqual({ dtype: "int64", shape: [], data: BigInt64Array.of(7n) });
  });

  it("is a guess where nothing is declared", () => {
    const dtypes = [1.5, "a", 3n, true, [[]]].map((value) => read(value).dtype);
    expect(dtypes).toEqual(["float32", "string", "int64", "bool", "float32"]);
  });

  it("is a shape with its elements", () => {
    expect(read({ shape: [1, 2], data: [1, 2] }, "int32")).toEqual({
      dtype: "int32",
      shape: [1, 2],
      data: Int32Array.of(1, 2),
    });
    expect(read({ shape: [2, 1], data: Float32Array.of(1, 2) })).toMatchObject({ dtype: "float32", shape: [2, 1] });
    expect(read({ dtype: "uint8", shape: [2], data: [1, 2] })).toMatchObject({ data: Uint8Array.of(1, 2) });
  });

  it.each([
    ["ragged lists", [[1, 2], [3]], "float32", /lists of unequal lengths.*give \[2,2\]/],
    ["as many elements in the wrong places", [[1, 2], [3], [4, 5, 6]], "float32", /unequal lengths/],
    ["a number beside a list", [[1], 2], "float32", /unequal lengths/],
    ["text for a number", ["one"], "float32", /element 0, is "one": give a number/],
    ["null for a number", [null], "float32", /element 0, is null: give a number/],
    ["a fraction for a whole number", [1, 1.5], "int32", /element 1, is 1.5: give a whole number from -2147483648/],
    ["what would wrap around", [256], "uint8", /is 256: give a whole number from 0 to 255/],
    ["what would lose its sign", ["-1"], "uint64", /give a whole number from 0 to 18446744073709551615/],
    ["a number for a flag", [2], "bool", /is 2: give true or false/],
    ["an object that is none", { values: [1] }, "float32", /give \{ dtype, shape, data \}/],
    ["null", null, "float32", /element 0, is null/],
    ["a type without elements", [1], "complex64", /"complex64", of which there are no elements/],
    ["data that is no list", { shape: [1], data: 7 }, "float32", /has 7 as data/],
    ["a shape that is no list", { shape: 1, data: [7] }, "float32", /has shape 1: give a list/],
    ["bytes of no type", new DataView(new ArrayBuffer(4)), undefined, /is a DataView: give an array of numbers/],
  ])("is not %s", (_, value, declared, message) => {
    expect(thrownBy(() => read(value, declared))).toMatchObject({
      code: "InvalidValue",
      message: expect.stringMatching(message),
    });
  });
});

describe("a request written by hand", () => {
  const ports = [{ name: "x", dtype: "int32", shape: ["n"] }];

  it("keeps what it says beside its inputs, and takes the model's types", () => {
    const request = readRequest(ports, { inputs: { x: [1] }, outputs: ["y"], parameters: { top: 3 } });
    expect(request.inputs.x).toEqual({ dtype: "int32", shape: [1], data: Int32Array.of(1) });
    expect(request).toMatchObject({ outputs: ["y"], parameters: { top: 3 } });
  });

  it("lets an input that nobody declared through to the check of the feeds, whatever its name", () => {
    const { inputs } = readRequest(ports, { inputs: JSON.parse('{ "__proto__": [1] }') });
    expect(Object.keys(inputs)).toEqual(["__proto__"]);
  });

  it.each([
    [undefined, /the request is null: give an object with options \(inputs, outputs, parameters, timed\)/],
    [7, /the request is 7/],
    [{ input: {} }, /no option "input": did you mean "inputs"/],
    [{}, /inputs is undefined: give an object with a tensor for each input \(x\)/],
    [{ inputs: [[1]] }, /inputs is an array/],
    [{ inputs: Float32Array.of(1) }, /inputs is an object/],
  ])("is not %j", (call, message) => {
    expect(thrownBy(() => readRequest(ports, call as never))).toMatchObject({
      code: "InvalidValue",
      message: expect.stringMatching(message),
    });
  });
});
