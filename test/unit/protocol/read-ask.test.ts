import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame, packPlain } from "../../../src/protocol/codec.js";
import { readAsk } from "../../../src/protocol/read-ask.js";
import { parseClientFrame } from "../../../src/protocol/validate.js";

const outcome = (run: () => unknown) => {
  try {
    return { frame: run() };
  } catch (error) {
    return { error: (error as Error).message };
  }
};

/** What is read in one pass is what the others read; where nothing is, they are asked. @returns whether it was read */
function agrees(bytes: Uint8Array): boolean {
  const here = outcome(() => readAsk(bytes));
  if ("frame" in here && here.frame === undefined) return false;
  expect(here).toEqual(outcome(() => parseClientFrame(decodeFrame(bytes))));
  return "frame" in here;
}

const ask = { type: "ask", id: 7, to: "digits", method: "classify", args: [{ text: "hold fast", n: 1.5 }] };

/** A map with its fields in this order, twice where they are twice. */
const fieldsInOrder = (fields: readonly (readonly [string, unknown])[]) =>
  Buffer.concat([
    Buffer.from([0x80 | fields.length]),
    ...fields.flatMap(([key, value]) => [packPlain(key), packPlain(value)].map((part) => Buffer.from(part))),
  ]);

describe("an ask, read in one pass", () => {
  it.each([
    ask,
    { ...ask, id: 2 ** 53 - 1, args: [] },
    { ...ask, timeout: 29_999.5 },
    { type: "ask", args: [1, [2, { a: null }]], timeout: 0, method: "m", to: "t", id: 0 },
  ])("is read: %j", (frame) => {
    expect(agrees(packPlain(frame))).toBe(true);
  });

  it.each([
    { ...ask, type: "tell" },
    { ...ask, id: -1 },
    { ...ask, id: 1.5 },
    { ...ask, to: "" },
    { ...ask, to: "t".repeat(257) },
    { ...ask, method: 5 },
    { ...ask, args: {} },
    { ...ask, timeout: null },
    { ...ask, timeout: -1 },
    { ...ask, timeout: Number.NaN },
    { ...ask, key: "one" },
    { ...ask, unknown: 1 },
    { n: 1, type: "ask" },
    { type: "ask", id: 7, to: "digits", method: "classify" },
    { type: "ping", n: 1 },
  ])("is left to the others: %j", (frame) => {
    expect(agrees(packPlain(frame))).toBe(false);
  });

  it("is left to the others where a field is said twice, or one in place of another", () => {
    const rest = Object.entries(ask).slice(1);
    for (const [twice] of rest) {
      for (const [instead] of [...rest, ["timeout", 1] as const]) {
        const fields = Object.entries(ask).map(([key, value]) =>
          key === instead ? [twice, ask[twice as "id"]] : [key, value],
        );
        if (twice !== instead) expect(agrees(fieldsInOrder([...fields, ["id", 9]] as [string, unknown][]))).toBe(false);
      }
    }
  });

  it("ends where its bytes end, and what is no msgpack says so as ever", () => {
    const whole = packPlain(ask);
    for (let length = 0; length < whole.length; length++) expect(agrees(whole.subarray(0, length))).toBe(false);
    expect(outcome(() => readAsk(Buffer.concat([whole, Buffer.from([0])])))).toEqual({
      error: "1 bytes follow the frame's end",
    });
  });

  it("agrees with the others whatever the bytes are", () => {
    const frame = fc.record(
      {
        type: fc.constant("ask"),
        id: fc.oneof(fc.nat(), fc.integer(), fc.double()),
        to: fc.string({ maxLength: 300 }),
        method: fc.string(),
        args: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
        timeout: fc.oneof(fc.nat(), fc.double(), fc.constant(null)),
      },
      { requiredKeys: ["type", "id", "to", "method", "args"] },
    );
    const change = fc.record({ at: fc.nat(200), byte: fc.nat(255), from: fc.nat(200), drop: fc.nat(3) });
    let read = 0;
    fc.assert(
      fc.property(frame, fc.option(change, { nil: undefined }), (one, how) => {
        const bytes = Buffer.from(packPlain(one));
        if (how !== undefined) {
          bytes[how.at % bytes.length] = how.byte;
          if (agrees(bytes)) read++;
          const from = how.from % bytes.length;
          agrees(Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + how.drop)]));
        } else if (agrees(bytes)) read++;
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it("holds to the same limits", () => {
    const limits = { maxDepth: 4, maxItems: 20 };
    for (const args of [[[[1]]], [[[[1]]]], new Array(9).fill(0), new Array(10).fill(0), new Array(11).fill(0)]) {
      const bytes = packPlain({ ...ask, args });
      const here = outcome(() => readAsk(bytes, limits));
      expect(here).toEqual(outcome(() => parseClientFrame(decodeFrame(bytes, limits))));
    }
  });
});
