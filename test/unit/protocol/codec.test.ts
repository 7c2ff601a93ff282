import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHoldfastError } from "../../../src/errors.js";
import { decodeFrame, encodeFrame } from "../../../src/protocol/codec.js";
import { frameLimits } from "../../../src/protocol/limits.js";
import { parseClientFrame } from "../../../src/protocol/validate.js";
import { type Format, fromWire } from "../../../src/protocol/values.js";
import { thrownBy } from "../thrown-by.js";

/** Through the wire and back, as a handler would get it. */
function crossed(value: unknown, format: Format): unknown {
  const frame = decodeFrame(encodeFrame({ value }, format)) as { value: unknown };
  return fromWire(frame.value, format, "value");
}

const key = fc.string({ maxLength: 8 }).filter((text) => text !== "__proto__");
const typedArray = fc.oneof(
  fc.float32Array(),
  fc.float64Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);
const scalar = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  fc.maxSafeInteger(),
);
const { value: plainValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.uint8Array(),
    typedArray,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

describe("a value that crosses the wire", () => {
  test.each(["binary", "text"] as const)("arrives equal in %s frames", (format) => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(crossed(value, format)).toEqual(normal(value));
      }),
      { numRuns: 300 },
    );
  });

  test("keeps text as it is: a byte order mark, letters beyond ASCII, more than a few of them", () => {
    for (const text of ["\uFEFFid,name", "é", "日本語".repeat(30), "a".repeat(33), ""])
      expect(crossed(text, "binary")).toBe(text);
  });

  test("keeps maps of more than 65,535 keys", () => {
    const map = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
    expect(crossed(map, "binary")).toEqual(map);
  });

  test("keeps NaN, infinities and the smallest number in binary frames, and -0 inside tensors", () => {
    for (const n of [Number.NaN, Infinity, -Infinity, 5e-324]) expect(crossed(n, "binary")).toBe(n);
    expect(crossed(new Float32Array([-0]), "binary")).toEqual(new Float32Array([-0]));
  });

  test("says NaN and infinities as words in text frames, where JSON has no number for them", () => {
    expect(crossed([Number.NaN, Infinity, -Infinity], "text")).toEqual(["NaN", "Infinity", "-Infinity"]);
  });

  test("keeps 64 bit integers: bigint in binary frames, decimal strings in text frames", () => {
    for (const n of [2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
      expect(crossed(n, "binary")).toBe(n);
      expect(crossed(n, "text")).toBe(n.toString());
    }
    expect(crossed(5n, "binary")).toBe(5);
  });

  test("arrives in a buffer of its own, of exactly its size", () => {
    const bytes = crossed(new Uint8Array([1, 2, 3]), "binary") as Uint8Array;
    const floats = crossed(new Float32Array([1, 2]), "binary") as Float32Array;
    expect(bytes.constructor).toBe(Uint8Array);
    expect(bytes.buffer.byteLength).toBe(3);
    expect(floats.buffer.byteLength).toBe(8);
  });

  test("leaves out keys whose value is undefined, and turns undefined elsewhere into null", () => {
    expect(crossed({ a: undefined, b: [undefined] }, "binary")).toEqual({ b: [null] });
  });
});

describe("what cannot be sent is refused by its path", () => {
  class Session {
    open = true;
  }
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  test.each([
    ["a function", { args: [{ callback: () => 1 }] }, "args[0].callback is a function"],
    ["a symbol", { value: Symbol("x") }, "value is a symbol"],
    ["a class instance", { value: { session: new Session() } }, "value.session is a Session"],
    ["a Map", { value: new Map() }, "value is a Map"],
    ["a Date", { value: [new Date(0)] }, "value[0] is a Date"],
    ["an Error", { value: new Error("x") }, "value is a Error"],
    ["a DataView", { value: new DataView(new ArrayBuffer(1)) }, "value is a DataView"],
    ["a bigint of 65 bits", { value: 2n ** 64n }, "value is a bigint of more than 64 bits"],
    ["a circle", circle, "in a circle"],
    ["a key named __proto__", { value: JSON.parse('{"__proto__":1}') }, "value.__proto__ is a key named __proto__"],
  ])("%s", (_, frame, words) => {
    for (const format of ["binary", "text"] as const) {
      const failure = thrownBy(() => encodeFrame(frame, format));
      expect(isHoldfastError(failure, "InvalidValue")).toBe(true);
      expect((failure as Error).message).toContain(words);
    }
  });
});

test("more values than a frame may hold are refused by the sender already, lists of numbers too", () => {
  const many = new Array(frameLimits.maxItems).fill(0);
  for (const format of ["binary", "text"] as const) {
    expect(
      isHoldfastError(
        thrownBy(() => encodeFrame({ value: many }, format)),
        "InvalidValue",
      ),
    ).toBe(true);
  }
  const fewer = many.slice(0, 1000);
  expect(crossed(fewer, "binary")).toEqual(fewer);
});

describe("a decoder that meets hostile bytes", () => {
  test("answers any bytes with a plain value or BadFrame, and nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const failure = thrownBy(() => parseClientFrame(decodeFrame(bytes)));
        expect(failure === undefined || isHoldfastError(failure, "BadFrame")).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test("answers a good frame with one byte changed the same way", () => {
    const good = encodeFrame(
      { type: "ask", id: 7, to: "a", method: "m", args: [{ x: [1, "two", new Float32Array(3)] }] },
      "binary",
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bytes = new Uint8Array(good as Uint8Array);
        bytes[at] = byte;
        const failure = thrownBy(() => parseClientFrame(decodeFrame(bytes)));
        expect(failure === undefined || isHoldfastError(failure, "BadFrame")).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test("answers any text the same way", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const failure = thrownBy(() => parseClientFrame(decodeFrame(text)));
        expect(failure === undefined || isHoldfastError(failure, "BadFrame")).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  const repeated = (count: number, ...bytes: number[]) =>
    Uint8Array.from({ length: count * bytes.length }, (_, i) => bytes[i % bytes.length]!);
  test.each<[string, Uint8Array | string, string]>([
    ["arrays nested a million deep", repeated(1_000_000, 0x91), "nested deeper than 32"],
    ["maps nested deep", repeated(100, 0x81, 0xa1, 0x61), "nested deeper than 32"],
    ["JSON nested deep", "[".repeat(1_000_000), "nested deeper than 32"],
    ["an array that promises 4 billion elements", Uint8Array.of(0xdd, 255, 255, 255, 255), "promises 4294967295"],
    ["a map that promises 4 billion pairs", Uint8Array.of(0xdf, 255, 255, 255, 255), "promises 8589934590"],
    ["a bin that promises 4 GB", Uint8Array.of(0xc6, 255, 255, 255, 255, 1), "promises 4294967295"],
    ["a record definition of msgpackr (ext 0x72)", Uint8Array.of(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1), "extension"],
    ["a regular expression of msgpackr (ext 0x78)", Uint8Array.of(0xd4, 0x78, 0, 0x92, 0xa1, 0x61, 0xa0), "extension"],
    ["the never-used byte", Uint8Array.of(0xc1), "0xc1, which msgpack never uses"],
    ["the key __proto__", Uint8Array.of(0x81, 0xa9, ...Buffer.from("__proto__"), 0x80), "__proto__"],
    ["the key __proto__ in JSON", '{"type":"ask","__proto__":{"to":"x"}}', "__proto__"],
    ["the key __proto__ in escaped JSON", '{"__pr\\u006fto__":{}}', "__proto__"],
    ["a key that is a number", Uint8Array.of(0x81, 1, 2), "not a string"],
    ["two values in one frame", Uint8Array.of(1, 2), "1 bytes follow"],
    ["no value at all", new Uint8Array(0), "ends at byte 0"],
    ["text without end", '"abc', "does not end"],
  ])("refuses %s", (_, data, words) => {
    const failure = thrownBy(() => parseClientFrame(decodeFrame(data)));
    expect(isHoldfastError(failure, "BadFrame")).toBe(true);
    expect((failure as Error).message).toContain(words);
  });

  test("refuses millions of tiny values, which would cost a hundred times their bytes", () => {
    const count = frameLimits.maxItems + 1;
    const bytes = new Uint8Array(5 + count).fill(0x90);
    bytes.set([0xdd, count >>> 24, count >>> 16, count >>> 8, count]);
    expect(() => decodeFrame(bytes)).toThrow("more than 1000000 values");
    expect(() => decodeFrame(`[${"[],".repeat(count / 2)}[]]`)).toThrow("more than 1000000 values");
  });

  test("lets text inside strings be anything", () => {
    expect(decodeFrame(JSON.stringify({ a: '\\"[[[{"\\', b: "\\\\" }))).toEqual({ a: '\\"[[[{"\\', b: "\\\\" });
  });
});

/** What the rules of values.ts say a value becomes: only the lone sign of zero in JSON and objects' prototypes differ. */
function normal(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, normal(element)]));
  }
  return value;
}

test.each([
  ["short", [0xa3, 0x61, 0xff, 0x62]],
  ["long", [0xd9, 40, ...new Array(39).fill(0x61), 0xff]],
  ["an overlong form", [0xa2, 0xc0, 0x80]],
  ["half of a surrogate pair", [0xa3, 0xed, 0xa0, 0x80]],
])("text that is no UTF-8 is refused, since nobody would notice what it became: %s", (_, text) => {
  const bytes = Uint8Array.from([0x81, 0xa5, ...Buffer.from("value"), ...text]);
  expect(thrownBy(() => decodeFrame(bytes))).toMatchObject({ code: "BadFrame" });
});
