import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packPlain } from "../../../src/protocol/codec.js";
import { writeResult } from "../../../src/protocol/write-result.js";

const into = new Uint8Array(4096);

/** What is written, between bytes that are not; undefined where it says that it cannot. */
function written(id: number, value: unknown): Buffer | undefined {
  into.fill(0xee);
  const end = writeResult(into, 7, id, value);
  if (end < 0) return undefined;
  expect(into.subarray(0, 7).every((byte) => byte === 0xee) && into[end] === 0xee).toBe(true);
  return Buffer.from(into.subarray(7, end));
}

const packed = (id: number, value: unknown) => Buffer.from(packPlain({ type: "result", id, value }));

describe("a result that is written where it goes out from", () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger(), fc.integer({ min: -300, max: 70_000 }));
  const ascii = fc.string({ unit: "binary-ascii", maxLength: 255 });
  const name = fc
    .string({ unit: "grapheme-ascii", maxLength: 40 })
    .filter((key) => key !== "__proto__" && key !== "dtype");
  const leaf = fc.oneof(number, ascii, fc.boolean(), fc.constant(null));
  const { value: plain } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(name, tie("value"), { maxKeys: 8, noNullPrototype: true }),
    ),
  }));

  it("has the bytes that the packer gives, or is left to that for want of room", () => {
    let whole = 0;
    fc.assert(
      fc.property(fc.nat(), plain, (id, value) => {
        const bytes = packed(id, value);
        const here = written(id, value);
        if (here === undefined) expect(bytes.length).toBeGreaterThan(into.length - 7 - 9);
        else expect(here.equals(bytes)).toBe(true);
        if (here) whole++;
      }),
      { numRuns: 2000 },
    );
    expect(whole).toBeGreaterThan(1000);
  });

  it.each([
    [0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 2 ** 53 - 1],
    [-1, -32, -33, -128, -129, -32_768, -32_769, -2_147_483_648, -2_147_483_649],
    [0.5, -0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
    ["", "a".repeat(31), "a".repeat(32), "a".repeat(255), "\u0000\u007f"],
    [[], new Array(15).fill(0), new Array(16).fill(0), new Array(255).fill(1)],
  ])("has the bytes that the packer gives at every border of a form", (...values) => {
    for (const value of values) expect(written(300, value)).toEqual(packed(300, value));
  });

  it("is none of what has a form of its own on the wire, is long, or has a name that it may not have", () => {
    class Own {
      a = 1;
    }
    const deep = { a: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } };
    const others = [
      undefined,
      1n,
      Symbol("s"),
      () => 1,
      new Date(0),
      new Map(),
      new Uint8Array(2),
      new Own(),
      Object.create(null),
      { a: undefined },
      [undefined],
      // biome-ignore lint/suspicious/noSparseArray: a hole is no value
      [1, , 2],
      "ä",
      "a".repeat(256),
      new Array(256).fill(0),
      Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, i])),
      JSON.parse('{"__proto__":1}'),
      { dtype: "f32" },
      { "\u0000tensor": 1 },
      { ü: 1 },
      deep,
    ];
    for (const value of others) expect(written(1, value)).toBeUndefined();
  });

  it("is not written over the end, however little room there is", () => {
    const value = { text: "hold fast", list: [1, 300, 70_000, -5, 0.5, null, true], more: { a: "b" } };
    const whole = packed(5, value);
    for (let room = 0; room < whole.length + 12; room++) {
      const end = writeResult(into.subarray(0, room), 0, 5, value);
      if (end >= 0) expect(Buffer.from(into.subarray(0, end)).equals(whole)).toBe(true);
      else expect(room).toBeLessThan(whole.length + 9);
    }
  });
});
