import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, FrameReader, FrameWriter } from "../../../src/transport/frame-codec.js";
import type { ToParent } from "../../../src/transport/frames.js";
import { RING_BYTES, RingMemory, RingReader } from "../../../src/transport/ring.js";
import { OFTEN } from "../../../src/transport/ring-record.js";
import { RingSender } from "../../../src/transport/ring-sender.js";
import { pack } from "../../../src/transport/values.js";
import { done, hard, same } from "./hard-values.js";

/** One end to the other, of results that nobody has packed: `undefined` where they have to be. */
function answers() {
  const memory = new RingMemory(new SharedArrayBuffer(RING_BYTES));
  const writer = new FrameWriter(memory);
  const reader = new FrameReader(memory);
  return {
    writer,
    reader,
    answer(value: unknown, at = 8): Frame | undefined {
      const bytes = writer.answer(3, 2, 1, value, at);
      if (bytes === 0) return undefined;
      expect(reader.bytes(at)).toBe(bytes);
      return reader.read(at);
    },
  };
}

describe("a result that nobody has packed", () => {
  it("needs no packing where it goes unpacked, and arrives as it would packed", () => {
    let carried = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(hard, fc.jsonValue()), { minLength: 1, maxLength: 6 }), (values) => {
        const { answer } = answers();
        const packedOnes = answers();
        for (const value of values) {
          const arrived = answer(value);
          if (!arrived) continue;
          carried++;
          const packed = pack(value, "result");
          expect(packed.special).toBe(false);
          expect(packed.value).toBe(value);
          expect(packedOnes.writer.write(done(packed.value), 8)).toBeGreaterThan(0);
          same(arrived, packedOnes.reader.read(8));
        }
      }),
      { numRuns: 300 },
    );
    expect(carried).toBeGreaterThan(100);
  });

  it("is known by its shape to packed and unpacked ones alike", () => {
    const { answer, writer, reader } = answers();
    const wrapped = { "\u0000holdfast": "error", error: 1 };
    const plain = { a: 1, b: { c: "x" } };
    expect(writer.write(done(wrapped), 8)).toBeGreaterThan(0);
    same(reader.read(8), done(wrapped));
    // Its keys are known now, and it has to be refused all the same.
    expect(answer(wrapped)).toBeUndefined();
    for (let i = 0; i <= OFTEN; i++) same(answer(plain), done(plain));
    expect(answer({ ...plain, b: { c: () => 1 } })).toBeUndefined();
    expect(answer(wrapped)).toBeUndefined();
    expect(writer.write(done(plain), 8)).toBeGreaterThan(0);
    same(reader.read(8), done(plain));
  });

  it.each([
    ["a key that begins with NUL", { "\u0000x": 1 }],
    ["a Proxy", new Proxy({ a: 1 }, {})],
    ["a Proxy of an array", [new Proxy([1], {})]],
    ["what has the prototype of arrays alone", Object.create(Array.prototype)],
    ["an array with the prototype of objects", Object.setPrototypeOf([1], Object.prototype)],
    ["a view with the prototype of objects", Object.setPrototypeOf(new Uint8Array(4), Object.prototype)],
    ["a symbol", Symbol("s")],
    ["an error", new Error("e")],
    ["an instance", { at: new (class Point {})() }],
    ["an array of bytes", new Uint8Array(4)],
    ["more than 100 levels", Array.from({ length: 102 }).reduce((inner) => [inner], 1 as unknown)],
  ])("%s has to be packed", (_, value) => {
    const { answer } = answers();
    expect(answer(value)).toBeUndefined();
    // What the attempt has written counts for nothing.
    same(answer({ next: 1 }), done({ next: 1 }));
    same(answer({ next: 2 }), done({ next: 2 }));
  });

  it("keeps its turn behind what waits for room, and behind what is being written", () => {
    const memory = new SharedArrayBuffer(RING_BYTES);
    const posted: unknown[] = [];
    const port = { post: (message: unknown) => void posted.push(message), take: () => undefined };
    const sender = new RingSender<ToParent>(memory, port, (_, error) => {
      throw error;
    });
    let within: boolean | undefined;
    const asks = {
      get x() {
        within = sender.answer(1, 1, 2, "within");
        return 1;
      },
    };
    expect(sender.answer(1, 1, 1, asks)).toBe(true);
    expect(within).toBe(false);
    let sent = 0;
    for (; sender.answer(1, 1, 3, "x".repeat(4000)); sent++);
    expect(sent).toBeGreaterThan(5);
    sender.push(done("waits") as ToParent);
    // There is room again, and one that waits for it.
    const reader = new RingReader(memory);
    const codec = new FrameReader(reader.memory);
    for (let at = reader.next(); at >= 0; at = reader.next()) reader.release(codec.bytes(at));
    reader.give();
    expect(sender.answer(1, 1, 4, "later")).toBe(false);
    sender.push(done("later") as ToParent);
    sender.tell();
    const heard: unknown[] = [];
    for (let at = reader.next(); at >= 0; at = reader.next()) {
      heard.push(codec.read(at));
      reader.release(codec.bytes(at));
    }
    expect(heard).toEqual([done("waits"), done("later")]);
  });
});
