import { describe, expect, it } from "vitest";
import { datatypes } from "../../../../src/protocol/v2/datatypes.js";
import {
  elementsFromBytes,
  elementsFromJson,
  elementsToBytes,
  elementsToJson,
} from "../../../../src/protocol/v2/elements.js";
import { readInferRequest } from "../../../../src/protocol/v2/infer-request.js";
import { writeInferResponse } from "../../../../src/protocol/v2/infer-response.js";
import { bf16, fp16 } from "../../../../src/protocol/v2/small-floats.js";
import { splitBody } from "../../../../src/protocol/v2/split-body.js";

const none = new Uint8Array();
const samples: Record<string, unknown[]> = {
  BOOL: [true, false, true],
  BYTES: ["a", "", "żółw"],
  INT64: [1, -2, "-9223372036854775808"],
  UINT64: [0, 1, "18446744073709551615"],
  FP16: [0.5, -2, 65504],
  BF16: [0.5, -2, 1],
  FP32: [0.5, "NaN", "-Infinity"],
  FP64: [0.1, -0.2, 1e300],
};

describe("V2's element types", () => {
  it.each(datatypes)("%s goes through JSON and through bytes, and comes back the same", (datatype) => {
    const sample = samples[datatype] ?? [1, 2, 3];
    const read = elementsFromJson(datatype, [3], sample, "data");
    expect(elementsToJson(datatype, read)).toEqual(sample);
    const bytes = elementsToBytes(datatype, read);
    expect(elementsFromBytes(datatype, [3], bytes, "data")).toEqual(read);
  });

  it("rounds FP16 to the nearest even and keeps every one of its 65536 numbers", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fp16.toNumber(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(fp16.toNumber(fp16.toBits(value)))).toBe(true);
      else if (fp16.toBits(value) !== bits) throw new Error(`${bits} became ${fp16.toBits(value)}`);
    }
    expect(fp16.toBits(1 + 2 ** -11)).toBe(fp16.toBits(1));
    expect(fp16.toBits(1 + 3 * 2 ** -11)).toBe(fp16.toBits(1 + 2 ** -9));
    expect(fp16.toNumber(fp16.toBits(65519))).toBe(65504);
    expect(fp16.toNumber(fp16.toBits(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(bf16.toNumber(bf16.toBits(1 + 2 ** -8))).toBe(1);
    expect(bf16.toNumber(bf16.toBits(1 + 3 * 2 ** -8))).toBe(1 + 2 ** -6);
  });

  it.each([
    ["UINT8", [1], [256], "data[0] is 256: UINT8 takes whole numbers from 0 to 255"],
    ["INT8", [1], [1.5], "data[0] is 1.5"],
    ["INT64", [1], [2 ** 60], "above 2^53 as text"],
    ["BOOL", [1], [2], "data[0] is 2: BOOL takes true or false"],
    ["FP32", [1], ["x"], 'data[0] is "x": FP32 takes numbers'],
    ["FP32", [2], [1], "data has 1 elements, and its shape 2"],
    ["FP32", [1], [[1], [2]], "data has more than the 1 elements of its shape"],
    ["FP32", [1], 5, "data is 5: give an array"],
    ["BYTES", [1], [5], "data[0] is 5: BYTES takes text"],
  ] as const)("refuses %s%j from %j", (datatype, shape, data, message) => {
    expect(() => elementsFromJson(datatype, shape, data, "data")).toThrow(message);
  });

  it.each([
    ["FP32", [2], new Uint8Array(7), "has 7 bytes of binary data, and FP32[2] is 8 bytes"],
    ["BOOL", [1], new Uint8Array([7]), "is the byte 7"],
    ["BYTES", [1], new Uint8Array([9, 0, 0, 0, 1]), "says 9 bytes, and 1 are left"],
    ["BYTES", [1], new Uint8Array([0, 0, 0]), "ends within the 4 bytes of its length"],
    ["BYTES", [2], new Uint8Array([0, 0, 0, 0]), "has 1 elements, and its shape 2"],
    ["BYTES", [1], new Uint8Array([0, 0, 0, 0, 5]), "has 1 bytes after its 1 elements"],
  ] as const)("refuses %s%j from bytes %j", (datatype, shape, bytes, message) => {
    expect(() => elementsFromBytes(datatype, shape, bytes, "x")).toThrow(message);
  });
});

describe("an inference request", () => {
  const input = { name: "x", shape: [2], datatype: "FP32", data: [1, 2] };
  it("is read with nested data, parameters and wanted outputs", () => {
    const request = readInferRequest(
      {
        id: "7",
        parameters: { binary_data_output: true, sequence_id: 4 },
        inputs: [{ ...input, shape: [2, 1], data: [[1], [2]] }],
        outputs: [{ name: "y", parameters: { classification: 3, binary_data: false } }],
      },
      none,
    );
    expect(request).toEqual({
      id: "7",
      parameters: { binary_data_output: true, sequence_id: 4 },
      inputs: [{ name: "x", datatype: "FP32", shape: [2, 1], data: new Float32Array([1, 2]) }],
      outputs: [{ name: "y", binary: false, classes: 3 }],
      binaryOutputs: true,
    });
  });

  it("takes the binary data of its inputs in their order, JSON ones between them", () => {
    const at = (name: string, size: number) => ({
      name,
      shape: [size],
      datatype: "UINT8",
      parameters: { binary_data_size: size },
    });
    const { inputs } = readInferRequest(
      { inputs: [at("a", 2), { ...input, name: "b" }, at("c", 1)] },
      new Uint8Array([1, 2, 3]),
    );
    expect(inputs.map(({ data }) => [...(data as Uint8Array)])).toEqual([[1, 2], [1, 2], [3]]);
  });

  const sized = (size: unknown) => ({
    inputs: [{ name: "x", shape: [1], datatype: "UINT8", parameters: { binary_data_size: size } }],
  });
  it.each([
    [5, "the request is 5: give an object"],
    [{}, "inputs is undefined: give a list with one tensor at least"],
    [{ inputs: [] }, "inputs is an array: give a list with one tensor at least"],
    [{ inputs: [{ ...input, name: "" }] }, 'inputs[0].name is "": give a name'],
    [{ inputs: [{ ...input, datatype: "FP31" }] }, 'inputs[0].datatype is "FP31": give one of BOOL'],
    [{ inputs: [{ ...input, shape: [-1] }] }, "inputs[0].shape[0] is -1: give a whole number >= 0"],
    [{ inputs: [{ ...input, shape: [2 ** 20, 2 ** 20] }] }, "elements: 268435456 at most"],
    [{ inputs: [input, input] }, 'inputs[1].name is "x" a second time'],
    [{ inputs: [input], outputs: [{ name: "y" }, { name: "y" }] }, 'outputs[1].name is "y" a second time'],
    [{ inputs: [input], outputs: 5 }, "outputs is 5"],
    [{ inputs: [input], parameters: { deep: {} } }, "parameters.deep is an object: give text, a number"],
    [{ inputs: [input], id: 5 }, "id is 5: give text"],
    [sized(9), "binary_data_size is 9, and 2 bytes are left"],
    [sized(-1), "binary_data_size is -1"],
    [sized(1), "the request has 1 bytes of binary data that no input claims"],
    [{ inputs: [{ ...input, parameters: { binary_data_size: 2 } }] }, "has data and binary_data_size"],
    [{ inputs: [{ ...input, parameters: { shared_memory_region: "r" } }] }, "names shared memory, which is not served"],
  ])("is refused as %j", (json, message) => {
    expect(() => readInferRequest(json, new Uint8Array(2))).toThrow(message);
  });

  it("is cut where its header says", () => {
    const body = new Uint8Array([1, 2, 3]);
    expect(splitBody(body, undefined).json).toEqual(body);
    expect(splitBody(body, "2")).toEqual({ json: new Uint8Array([1, 2]), binary: new Uint8Array([3]) });
    for (const wrong of ["4", "-1", "x", "1e1", ""])
      expect(() => splitBody(body, wrong)).toThrow(JSON.stringify(wrong));
  });
});

describe("an answer", () => {
  it("has its binary outputs after its JSON part, in their order", () => {
    const output = { name: "y", datatype: "UINT8" as const, shape: [2], data: new Uint8Array([7, 8]) };
    const { parts, bytes, headerBytes } = writeInferResponse({
      model: "m",
      version: "1",
      id: undefined,
      outputs: [
        { ...output, binary: true },
        { ...output, name: "z", binary: false },
      ],
    });
    expect(JSON.parse(Buffer.from(parts[0]!).toString())).toEqual({
      model_name: "m",
      model_version: "1",
      outputs: [
        { name: "y", datatype: "UINT8", shape: [2], parameters: { binary_data_size: 2 } },
        { name: "z", datatype: "UINT8", shape: [2], data: [7, 8] },
      ],
    });
    expect([headerBytes, bytes, parts[1]]).toEqual([parts[0]!.length, parts[0]!.length + 2, new Uint8Array([7, 8])]);
  });
});
