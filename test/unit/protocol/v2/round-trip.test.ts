import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayOf, type Datatype, datatypes, widthOf } from "../../../../src/protocol/v2/datatypes.js";
import { readInferRequest, type V2Tensor } from "../../../../src/protocol/v2/infer-request.js";
import { type WrittenBody, writeInferResponse } from "../../../../src/protocol/v2/infer-response.js";
import { parseJson } from "../../../../src/protocol/v2/parse-json.js";
import { readInferResponse } from "../../../../src/protocol/v2/read-response.js";
import { splitBody } from "../../../../src/protocol/v2/split-body.js";
import { writeInferRequest } from "../../../../src/protocol/v2/write-request.js";

type Placed = V2Tensor & { readonly binary: boolean };

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const count = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);

/** JSON holds text alone, and says each NaN in one word: what goes there is taken from what it can hold. */
function elements(datatype: Datatype, size: number, binary: boolean): fc.Arbitrary<V2Tensor["data"]> {
  const exactly = { minLength: size, maxLength: size };
  if (datatype === "BYTES") {
    const text = fc.string({ unit: "grapheme" }).map((word) => new TextEncoder().encode(word));
    return fc.array(binary ? fc.uint8Array({ maxLength: 9 }) : text, exactly);
  }
  const bytes = widthOf(datatype)! * size;
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => {
    const own = datatype === "BOOL" ? raw.map((byte) => byte & 1) : raw;
    const data = new (arrayOf(datatype))(own.slice().buffer);
    for (let at = 0; !binary && at < size; at++) finite(datatype, data, at);
    return data;
  });
}

const finite = (datatype: Datatype, data: V2Tensor["data"], at: number) => {
  const value = data[at] as number;
  const exponent = datatype === "FP16" ? 0x7c00 : datatype === "BF16" ? 0x7f80 : undefined;
  const isOdd = exponent === undefined ? Number.isNaN(value) : (value & exponent) === exponent;
  if (isOdd) (data as Float32Array)[at] = 0;
};

const tensor = (name: string) =>
  fc
    .record({ datatype: fc.constantFrom(...datatypes), shape, binary: fc.boolean() })
    .chain(({ datatype, shape: dims, binary }) =>
      elements(datatype, count(dims), binary).map((data): Placed => ({ name, datatype, shape: dims, data, binary })),
    );

const tensors = fc
  .integer({ min: 1, max: 4 })
  .chain((many) => fc.tuple(...Array.from({ length: many }, (_, i) => tensor(`t${i}`))));

function split({ parts, headerBytes }: WrittenBody) {
  const { json, binary } = splitBody(Buffer.concat(parts), headerBytes === undefined ? undefined : String(headerBytes));
  return [parseJson(json), binary] as const;
}

const bare = ({ name, datatype, shape: dims, data }: V2Tensor) => ({ name, datatype, shape: dims, data });
/** -0 is 0 in JSON. */
const unsigned = (one: Placed) => {
  if (one.binary || !/FP(32|64)/.test(one.datatype)) return bare(one);
  return { ...bare(one), data: (one.data as Float32Array).map((value) => value + 0) };
};
const zeroless = (one: Placed) => {
  if (one.binary || !/16/.test(one.datatype) || !/F/.test(one.datatype)) return unsigned(one);
  return { ...bare(one), data: (one.data as Uint16Array).map((bits) => (bits === 0x8000 ? 0 : bits)) };
};

describe("one side reads what the other writes", () => {
  it("requests: every datatype, in JSON and behind it, mixed", () => {
    fc.assert(
      fc.property(tensors, fc.option(fc.string(), { nil: undefined }), (inputs, id) => {
        const outputs = [{ name: "y", parameters: { binary_data: true } }, { name: "z" }];
        const written = writeInferRequest({
          id,
          parameters: { binary_data_output: true, priority: 3 },
          inputs,
          outputs,
        });
        const request = readInferRequest(...split(written));
        expect(request.inputs).toEqual(inputs.map(zeroless));
        expect(request).toMatchObject({
          id,
          parameters: { binary_data_output: true, priority: 3 },
          binaryOutputs: true,
        });
        expect(request.outputs).toEqual([
          { name: "y", binary: true, classes: 0 },
          { name: "z", binary: undefined, classes: 0 },
        ]);
      }),
    );
  });

  it("answers: every datatype, in JSON and behind it, mixed", () => {
    fc.assert(
      fc.property(tensors, fc.option(fc.string(), { nil: undefined }), (outputs, id) => {
        const written = writeInferResponse({ model: "m", version: "2", id, parameters: { late: true }, outputs });
        const answer = readInferResponse(...split(written));
        expect(answer.outputs).toEqual(outputs.map((one) => ({ ...zeroless(one), binary: one.binary })));
        expect(answer).toMatchObject({ model: "m", version: "2", id, parameters: { late: true } });
      }),
    );
  });

  it("bytes that are no text go behind the JSON, never into it", () => {
    const input = { name: "x", datatype: "BYTES", shape: [1], data: [new Uint8Array([0xff])] } as const;
    const message = /element 0 of a BYTES tensor is no UTF-8/;
    expect(() => writeInferRequest({ inputs: [{ ...input, binary: false }] })).toThrow(message);
    expect(writeInferRequest({ inputs: [{ ...input, binary: true }] }).bytes).toBeGreaterThan(5);
  });
});

it("a request of more tensors than any model has is refused before they are read", () => {
  const many = Array.from({ length: 1025 }, (_, n) => ({ name: `n${n}` }));
  const input = { name: "x", datatype: "BOOL", shape: [1], data: [true] };
  expect(() => readInferRequest({ inputs: many }, new Uint8Array())).toThrow("inputs has 1025 tensors: 1024 at most");
  expect(() => readInferRequest({ inputs: [input], outputs: many }, new Uint8Array())).toThrow(
    "outputs has 1025 tensors",
  );
  expect(readInferRequest({ inputs: [input], outputs: many.slice(1) }, new Uint8Array()).outputs).toHaveLength(1024);
});

describe("an answer", () => {
  const output = { name: "y", datatype: "INT8", shape: [2], data: [1, 2] };

  it.for([
    [null, "the answer is null, not an object"],
    [{}, "outputs is undefined, not a list"],
    [{ outputs: [output, output] }, 'outputs[1].name is "y" a second time'],
    [{ outputs: [{ ...output, name: 3 }] }, "outputs[0].name is 3, not a name"],
    [{ outputs: [{ ...output, datatype: "INT9" }] }, 'outputs[0].datatype is "INT9", not one of BOOL'],
    [{ outputs: [{ ...output, shape: [-1] }] }, "outputs[0].shape[0] is -1"],
    [{ outputs: [{ ...output, data: [1] }] }, "outputs[0].data has 1 elements, and its shape 2"],
    [{ outputs: [{ ...output, data: [1, 300] }] }, "outputs[0].data[1] is 300"],
    [{ outputs: [{ ...output, parameters: { binary_data_size: 3 } }] }, "binary_data_size is 3, and 2 bytes are left"],
    [{ outputs: [{ ...output, parameters: { binary_data_size: 1 } }] }, "outputs[0] has 1 bytes of binary data"],
    [{ outputs: [output] }, "the answer has 2 bytes of binary data that no output claims"],
    [{ outputs: [output], model_name: 3 }, "model_name is 3, not text"],
  ] as const)("that is %j cannot be read", ([json, message]) => {
    const claimed = "model_name" in (json ?? {}) ? new Uint8Array() : new Uint8Array(2);
    expect(() => readInferResponse(json, claimed)).toThrow(message);
  });

  it("may lack what the specification lets it lack, and have what it does not know", () => {
    const answer = readInferResponse({ outputs: [], model_version: null, took: { ms: 3 } }, new Uint8Array());
    expect(answer).toEqual({ model: undefined, version: undefined, id: undefined, parameters: {}, outputs: [] });
  });
});
