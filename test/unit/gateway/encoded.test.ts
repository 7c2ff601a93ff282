import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encoded } from "../../../src/gateway/encoded.js";
import { APART_FROM_BYTES } from "../../../src/gateway/pack-apart.js";
import { decodeFrame, encodeFrame, packPlain } from "../../../src/protocol/codec.js";
import type { ServerFrame } from "../../../src/protocol/frames.js";

const large = fc
  .integer({ min: APART_FROM_BYTES, max: APART_FROM_BYTES + 9 })
  .map((n) => new Uint8Array(n).fill(n & 255));
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    large,
    large.map((bytes) => new Float32Array(bytes.buffer.slice(0, APART_FROM_BYTES))),
    fc.uint8Array(),
    fc.string(),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
}));

describe("a frame in pieces", () => {
  it("is the same frame as in one", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const frame: ServerFrame = { type: "result", id: 7, value };
        const { parts, bytes } = encoded(frame, "binary");
        const whole = Buffer.concat(parts);
        expect(whole.length).toBe(bytes);
        // Byte by byte, packed again in one: to compare large arrays any other way takes long.
        expect(Buffer.compare(packPlain(decodeFrame(whole)), encodeFrame(frame, "binary") as Uint8Array)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("has large arrays as they lie in memory", () => {
    const values = new Float32Array(APART_FROM_BYTES);
    const { parts } = encoded({ type: "result", id: 1, value: [values.subarray(4)] }, "binary");
    expect(parts.some(({ buffer, byteOffset }) => buffer === values.buffer && byteOffset === 16)).toBe(true);
    expect(encoded({ type: "result", id: 1, value: new Uint8Array(100) }, "binary").parts).toHaveLength(1);
  });
});
