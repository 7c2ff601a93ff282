import { describe, expect, it } from "vitest";
import { classified } from "../../../../src/protocol/v2/classify.js";
import { elementsFromJson } from "../../../../src/protocol/v2/elements.js";
import { elementsText } from "../../../../src/protocol/v2/elements-text.js";
import { jsonLimits, parseJson } from "../../../../src/protocol/v2/parse-json.js";
import { type DeclaredInput, readRawRequest } from "../../../../src/protocol/v2/raw-request.js";
import { bf16, fp16 } from "../../../../src/protocol/v2/small-floats.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (list: unknown) => (list as Uint8Array[]).map((one) => new TextDecoder().decode(one));

describe("the JSON part of a body", () => {
  it("keeps every digit of a 64-bit integer, as text", () => {
    const wide = '{"a": [9007199254740993, -9223372036854775808 ,18446744073709551615], "b": 12345678901234567}';
    expect(parseJson(bytes(wide))).toEqual({
      a: ["9007199254740993", "-9223372036854775808", "18446744073709551615"],
      b: "12345678901234567",
    });
  });

  it("leaves other numbers, and digits within text, as they are", () => {
    const text =
      '[1234567890123456.5, 1234567890123456e2, 0.12345678901234567, 1e-10, "1,12345678901234567", "\\",1234567890123456789"]';
    expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
  });

  it("takes whole numbers of many digits for floats too", () => {
    expect(elementsFromJson("FP64", [1], parseJson(bytes("[12345678901234567000]")), "data")).toEqual(
      new Float64Array([12345678901234567e3]),
    );
  });

  it("is nested as deep as other servers take it, and no deeper", () => {
    const nested = (depth: number) => bytes("[".repeat(depth) + "]".repeat(depth));
    expect(() => parseJson(nested(jsonLimits.maxDepth))).not.toThrow();
    expect(() => parseJson(nested(jsonLimits.maxDepth + 1))).toThrow("is nested deeper than 100 levels");
    expect(() => parseJson(nested(1_000_000))).toThrow("is nested deeper than 100 levels");
  });

  it("is refused with so many values that they would cost more than their text", () => {
    expect(() => parseJson(bytes(`[${"[],".repeat(10)}[]]`), { maxDepth: 3, maxItems: 10 })).toThrow(
      "holds more than 10 values",
    );
  });

  it.each([
    ["", "is empty"],
    [" \n", "is empty"],
    ['{"a": secret}', "is no JSON"],
    ['{"a": "secret', "has a string that does not end"],
    ["[1,]", "is no JSON"],
  ])("is refused as %j without being quoted", (text, problem) => {
    expect(() => parseJson(bytes(text))).toThrow(problem);
    expect(() => parseJson(bytes(text))).not.toThrow("secret");
  });

  it("is refused where it is no UTF-8", () => {
    expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow("is no UTF-8");
  });

  it("does not overflow on long text with escapes", () => {
    const long = `["${"\\n".repeat(500_000)}",12345678901234567]`;
    expect((parseJson(bytes(long)) as string[])[1]).toBe("12345678901234567");
  });
});

describe("an answer's elements in JSON", () => {
  it("are numbers with all their digits where they are 64-bit integers", () => {
    expect(elementsText("INT64", new BigInt64Array([1n, -9223372036854775808n]))).toBe("[1,-9223372036854775808]");
    expect(elementsText("UINT64", new BigUint64Array([18446744073709551615n]))).toBe("[18446744073709551615]");
    expect(elementsText("FP32", new Float32Array([0.5, Number.NaN]))).toBe('[0.5,"NaN"]');
    expect(elementsText("INT64", new BigInt64Array())).toBe("[]");
  });
});

describe("a body without a JSON part", () => {
  const input = (shape: number[], datatype: DeclaredInput["datatype"] = "FP32") => ({ name: "x", datatype, shape });
  const read = (declared: DeclaredInput, body: Uint8Array) => readRawRequest([declared], body).inputs[0]!;

  it("is the model's only input, whose shape its length tells", () => {
    const body = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
    expect(read(input([-1, 2]), body)).toEqual({ ...input([2, 2]), data: new Float32Array([1, 2, 3, 4]) });
    expect(read(input([4]), body).shape).toEqual([4]);
    expect(read(input([-1], "BYTES"), bytes("427"))).toEqual({ ...input([1], "BYTES"), data: [bytes("427")] });
    expect(readRawRequest([input([-1])], body).binaryOutputs).toBe(true);
  });

  it.each([
    ["two inputs", [input([1]), input([1])], 4, "models of one input, and this one has 2"],
    ["no declared input", [], 4, "models of one input, and this one has 0"],
    ["two sizes that vary", [input([-1, -1])], 4, 'does not tell its shape: input "x" is FP32[-1,-1]'],
    ["bytes that are no whole element", [input([-1, 2])], 4, 'the body has 4 bytes, and input "x" is FP32[-1,2]'],
    ["too few bytes", [input([2])], 4, "has 4 bytes of binary data, and FP32[2] is 8 bytes"],
    ["an empty dimension beside an open one", [input([-1, 0])], 4, "the body has 4 bytes"],
    ["several texts", [input([2], "BYTES")], 4, "is one element of BYTES"],
  ])("is refused for %s", (_, inputs, size, problem) => {
    expect(() => readRawRequest(inputs, new Uint8Array(size))).toThrow(problem);
  });
});

describe("the classes of an output", () => {
  it("are its highest elements with their places, per item of a batch", () => {
    const tensor = { name: "y", datatype: "FP32" as const, shape: [2, 3], data: new Float32Array([1, 3, 2, 9, 9, 7]) };
    const batch = classified(tensor, 2, true, ["a", "b"]);
    expect([batch.shape, batch.datatype, texts(batch.data)]).toEqual([
      [2, 2],
      "BYTES",
      ["3:1:b", "2:2", "9:0:a", "9:1:b"],
    ]);
    const whole = classified(tensor, 9, false);
    expect([whole.shape, texts(whole.data)]).toEqual([[6], ["9:3", "9:4", "7:5", "3:1", "2:2", "1:0"]]);
  });

  it("are compared as the numbers they are, whatever their type, NaN last", () => {
    const half = new Uint16Array([-1, 0.5, -2].map((value) => fp16.toBits(value)));
    expect(texts(classified({ name: "y", datatype: "FP16", shape: [3], data: half }, 3, false).data)).toEqual([
      "0.5:1",
      "-1:0",
      "-2:2",
    ]);
    const brain = new Uint16Array([-1, 4, -2].map((value) => bf16.toBits(value)));
    expect(texts(classified({ name: "y", datatype: "BF16", shape: [3], data: brain }, 1, false).data)).toEqual(["4:1"]);
    const wide = new BigInt64Array([2n ** 60n, 2n ** 60n + 1n]);
    expect(texts(classified({ name: "y", datatype: "INT64", shape: [2], data: wide }, 1, false).data)).toEqual([
      "1152921504606846977:1",
    ]);
    const odd = new Float32Array([Number.NaN, 1, Number.NaN, 2]);
    expect(texts(classified({ name: "y", datatype: "FP32", shape: [4], data: odd }, 3, false).data)).toEqual([
      "2:3",
      "1:1",
      "NaN:0",
    ]);
  });

  it("are the same whether few or many are asked for", () => {
    const data = Float32Array.from({ length: 500 }, (_, at) => (at * 7919) % 101);
    const tensor = { name: "y", datatype: "FP32" as const, shape: [500], data };
    expect(texts(classified(tensor, 400, false).data).slice(0, 50)).toEqual(texts(classified(tensor, 50, false).data));
  });

  it("are none of text, and none of nothing", () => {
    expect(() => classified({ name: "y", datatype: "BYTES", shape: [0], data: [] }, 1, false)).toThrow('"y" is BYTES');
    expect(classified({ name: "y", datatype: "FP32", shape: [0, 3], data: new Float32Array() }, 1, true).shape).toEqual(
      [0, 0],
    );
  });
});
