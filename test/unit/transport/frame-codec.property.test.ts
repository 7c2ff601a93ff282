import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, FrameReader, FrameWriter } from "../../../src/transport/frame-codec.js";
import { GIVEN_UP } from "../../../src/transport/frames.js";
import { RING_BYTES, RingMemory } from "../../../src/transport/ring.js";
import { OFTEN } from "../../../src/transport/ring-record.js";
import { done, hard, plain, same } from "./hard-values.js";

/** One end to the other, frame by frame, as long as the ring lives. */
function line() {
  const memory = new RingMemory(new SharedArrayBuffer(RING_BYTES));
  const writer = new FrameWriter(memory);
  const reader = new FrameReader(memory);
  return (frame: Frame, at = 8): Frame | undefined => {
    const bytes = writer.write(frame, at);
    if (bytes === 0) return undefined;
    expect(reader.bytes(at)).toBe(bytes);
    const read = reader.read(at);
    // What was read looks into the ring no more.
    memory.bytes.fill(0xff, at, at + bytes);
    return read;
  };
}

/** Names that mean something in a program's text. */
const AWKWARD = [
  "constructor",
  "get",
  "async",
  "1",
  "-1",
  "a b",
  '"',
  "\\",
  "\n",
  "\u2028",
  "\ud800",
  "",
  "`",
  "*/",
  "then",
];

const call = (args: unknown[], method = "m"): Frame => ({
  t: "call",
  actor: 3,
  incarnation: 2,
  seq: 0x7fffffff,
  method,
  args: { value: args, special: false },
  expires: 29_999.75,
  snapshot: false,
  again: true,
  sequence: 0,
});

describe("a value in a ring", () => {
  it("arrives as structured clone would hand it over, or not by the ring", () => {
    let carried = 0;
    fc.assert(
      fc.property(fc.array(hard, { minLength: 1, maxLength: 6 }), (values) => {
        const send = line();
        for (const value of values) {
          const asArgument = send(call([value, "after"]));
          if (asArgument) {
            carried++;
            same(asArgument, structuredClone(call([value, "after"])));
            same((asArgument as { args: { value: unknown[] } }).args.value[0], structuredClone(value));
          }
          const asResult = send(done(value));
          if (asResult) same(asResult, structuredClone(done(value)));
        }
      }),
      { numRuns: 300 },
    );
    expect(carried).toBeGreaterThan(100);
  });

  it("arrives the same when there have been many objects with its keys", () => {
    const key = fc.oneof(fc.string({ unit: "binary" }), fc.nat().map(String), fc.constantFrom(...AWKWARD));
    let carried = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 6 }),
        fc.array(plain, { minLength: 6, maxLength: 6 }),
        (keys, values) => {
          const send = line();
          const record = (at: number) => Object.fromEntries(keys.map((name, i) => [name, values[(at + i) % 6]]));
          for (let at = 0; at < OFTEN; at++) send(done(Object.fromEntries(keys.map((name) => [name, at]))));
          for (let at = 0; at < 6; at++) {
            const arrived = send(done(record(at)));
            if (!arrived) continue;
            carried++;
            same(arrived, structuredClone(done(record(at))));
            same(send(done([1, record(at)])), structuredClone(done([1, record(at)])));
          }
        },
      ),
      { numRuns: 30 },
    );
    // Awkward keys make many of them go by the port; some always fit.
    expect(carried).toBeGreaterThan(0);
  });

  it.each([
    ["undefined", undefined],
    ["a negative zero", -0],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a bigint of 64 bits", -(2n ** 63n)],
    ["half of a surrogate pair", "\ud800 half"],
    ["a long string", "ä€𝄞".repeat(100)],
    ["a date", new Date(1e12)],
    ["an invalid date", new Date(Number.NaN)],
    ["a map", new Map<unknown, unknown>([[{ a: 1 }, new Set([1, "x"])]])],
    ["a Buffer, as Uint8Array", Buffer.alloc(9000, 7)],
    ["a DataView", new DataView(new Uint8Array([1, 2, 3]).buffer)],
    ["floats", new Float32Array([1.5, -0, Number.NaN])],
    ["an empty object", {}],
    ["an object with the empty key", { "": 1 }],
    ["an object with its methods' names", { constructor: 1, toJSON: 2, hasOwnProperty: 3, then: 4 }],
    ["a tree of records", { a: [{ x: 1 }, { x: 2, y: null }], b: { x: "s" } }],
  ])("%s goes by the ring", (_, value) => {
    const arrived = line()(done(value));
    same(arrived, structuredClone(done(value)));
  });

  const shared = { a: 1 };
  const bytes = new Uint8Array(8);
  const thrower = () => {
    throw new Error("read once");
  };
  const holes: unknown[] = [1];
  holes[2] = 3;
  const around: { self?: unknown } = {};
  around.self = around;
  it.each([
    ["an object that is there twice", [shared, shared]],
    ["what contains itself", around],
    ["an array with holes", holes],
    ["an array with a name on it", Object.assign([1], { x: 1 })],
    ["a key __proto__", JSON.parse('{"__proto__": 1}')],
    ["two views on one buffer", [bytes, new Float32Array(bytes.buffer)]],
    ["a null prototype", Object.assign(Object.create(null), { a: 1 })],
    ["a bigint of more than 64 bits", 2n ** 70n],
    ["what is larger than a frame", new Uint8Array(17_000)],
    ["a getter that throws", Object.defineProperty({}, "x", { enumerable: true, get: thrower } as PropertyDescriptor)],
    ["a function", () => 1],
  ] as [string, unknown][])("%s does not", (_, value) => {
    expect(line()(done(value))).toBeUndefined();
  });

  it("is refused without a trace: what its frame defined is defined again by the next", () => {
    const send = line();
    expect(send(call([{ fresh: 1 }, () => 1], "named"))).toBeUndefined();
    same(send(call([{ fresh: 2 }], "named")), structuredClone(call([{ fresh: 2 }], "named")));
    same(send(call([{ fresh: 3 }], "named")), structuredClone(call([{ fresh: 3 }], "named")));
    same(send(call([{ fresh: 4 }], "other")), structuredClone(call([{ fresh: 4 }], "other")));
  });

  it("with more shapes than are remembered still arrives", () => {
    const send = line();
    for (let i = 0; i < 1500; i++)
      same(send(done({ [`key${i}`]: i, x: i })), structuredClone(done({ [`key${i}`]: i, x: i })));
    for (let i = 0; i < 1500; i += 100) same(send(done({ [`key${i}`]: -i, x: i })), done({ [`key${i}`]: -i, x: i }));
  });
});

describe("every kind of frame", () => {
  it.each([
    { t: "crashed", actor: 1, incarnation: 1, seq: 1, error: { name: "E", message: "m" }, at: 1.5, left: ["a"] },
    { t: "ask", actor: 1, incarnation: 1, call: 0, path: "p", key: undefined, method: "m", args: { value: [1] } },
    { t: "more", actor: 1, incarnation: 1, seq: 9, count: 2 },
    {
      t: "done",
      actor: 1,
      incarnation: 1,
      seq: 9,
      ran: false,
      outcome: { ok: false, error: { name: "x" } },
      state: undefined,
      events: undefined,
    },
    { ...done(1), state: { value: { s: 1 }, special: true } },
    { ...done(1), events: { value: [{ e: 1 }, { e: 2 }], special: "large" } },
    { ...done(1), state: { value: 1, special: "large" }, events: { value: [[1]], special: true } },
    { ...call([1]), sequence: 2 ** 40 + 1 },
    { ...call([1]), trace: { traceparent: "00-1-2-01", tracestate: "a=1" } },
    { ...call([1, 2]), sequence: 7, trace: { traceparent: "00-1-2-01" } },
    { ...done(1), times: { began: 0.25, ended: 2 ** 40 + 0.5 } },
    { ...done(1), state: { value: 1, special: false }, times: { began: 1, ended: 2 } },
    { t: "events", actor: 1, incarnation: 1, events: { value: [1, 2], special: false }, version: 2, last: true },
  ] as unknown as Frame[])("%j comes out as it went in", (frame) => {
    deepStrictEqual(line()(frame), structuredClone(frame));
  });

  it("carries its flags, numbers and deadline", () => {
    for (const special of [false, true, "large"] as const)
      for (const snapshot of [false, true])
        for (const expires of [0.5, -3, Number.POSITIVE_INFINITY, GIVEN_UP]) {
          const frame = { ...call([1]), args: { value: [1], special }, snapshot, again: snapshot, expires } as Frame;
          deepStrictEqual(line()(frame), frame);
        }
  });
});
