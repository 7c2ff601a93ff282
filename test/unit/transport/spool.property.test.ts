import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPOOL_FROM_BYTES } from "../../../src/defaults.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { ToHost } from "../../../src/transport/frames.js";
import { type SpoolFile, SpoolReader, SpoolWriter } from "../../../src/transport/spool.js";
import { SpooledArrays } from "../../../src/transport/spool-link.js";
import { pack, unpack } from "../../../src/transport/values.js";

const ROOM = 10_000;

/** A file in memory that can hold so many bytes. */
function memoryFile(most = Number.POSITIVE_INFINITY) {
  let content = new Uint8Array(0);
  const file: SpoolFile = {
    write(bytes, at) {
      const end = at + bytes.length;
      if (end > most) return false;
      if (end > content.length) {
        const longer = new Uint8Array(end);
        longer.set(content);
        content = longer;
      }
      content.set(bytes, at);
      return true;
    },
    read(bytes, at) {
      const found = content.subarray(at, at + bytes.length);
      bytes.set(found);
      return found.length === bytes.length;
    },
    cut(bytes) {
      content = content.slice(0, bytes);
    },
  };
  return { file, size: () => content.length };
}

type Step = { put: number } | { read: number } | { lose: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ put: fc.integer({ min: 1, max: ROOM * 0.6 }) }),
  fc.record({ read: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ lose: true } as const),
);

describe("a spool", () => {
  it("holds what was put until it is read, within its bound, however they take turns", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { file, size } = memoryFile();
        const writer = new SpoolWriter(file, ROOM, new VirtualClock());
        const reader = new SpoolReader(file);
        const waiting: { number: number; at: number; bytes: Uint8Array }[] = [];
        let last = 0;
        /** What the writer cannot know to be free: the lost ones, too, until a later one is read. */
        let unread = 0;
        for (const [i, what] of steps.entries()) {
          if ("put" in what) {
            const bytes = new Uint8Array(what.put).fill(i + 1);
            const put = writer.put(bytes);
            if (put) {
              last = put.number;
              waiting.push({ ...put, bytes });
              unread++;
            } else expect(unread).toBeGreaterThan(0);
          } else if ("read" in what) {
            for (const { bytes, ...place } of waiting.splice(0, what.read)) {
              const into = new Uint8Array(bytes.length);
              reader.take(place, into);
              deepStrictEqual(into, bytes);
              unread = last - place.number;
            }
          } else if (waiting.length > 1) waiting.shift();
        }
        expect(size()).toBeLessThanOrEqual(4096 + ROOM);
        for (const { bytes, ...place } of waiting) reader.take(place, new Uint8Array(bytes.length));
        expect(writer.used).toBe(0);
        expect(writer.put(new Uint8Array(ROOM))?.at).toBe(4096);
      }),
      { numRuns: 300 },
    );
  });

  it("lets its memory go after a burst, and not while something lies in it", async () => {
    const clock = new VirtualClock();
    const { file, size } = memoryFile();
    const writer = new SpoolWriter(file, ROOM, clock);
    const place = writer.put(new Uint8Array(ROOM).fill(7))!;
    await clock.advance(10_000);
    expect(size()).toBe(4096 + ROOM);
    const into = new Uint8Array(ROOM);
    new SpoolReader(file).take(place, into);
    expect(into.every((x) => x === 7)).toBe(true);
    await clock.advance(10_000);
    expect(size()).toBe(4096);
    expect(writer.put(new Uint8Array(10))?.at).toBe(4096);
  });

  it("says so where its file holds less than it should", () => {
    const { file } = memoryFile();
    expect(() => new SpoolReader(file).take({ number: 3, at: 4096 }, new Uint8Array(9))).toThrow("array 3 is not");
  });
});

describe("large arrays of a process", () => {
  const call = (value: unknown) => {
    const { value: args, special } = pack([value], "args");
    const rest = { actor: 1, incarnation: 1, seq: 1, method: "m", expires: 1e9, snapshot: false, again: false };
    return { ...rest, t: "call", args: { value: args, special } } as Extract<ToHost, { t: "call" }>;
  };
  const pair = (bytes: number, most?: number) => {
    const [there, back] = [memoryFile(most).file, memoryFile(most).file];
    const end = (out: SpoolFile, into: SpoolFile) =>
      new SpooledArrays(new SpoolWriter(out, bytes, new VirtualClock()), new SpoolReader(into));
    return [end(there, back), end(back, there)] as const;
  };
  const floats = SPOOL_FROM_BYTES / 4;

  it("cross beside their frame, equal to a structured clone, in memory of their own", () => {
    const [parent, child] = pair(1 << 22);
    const one = new Float32Array(floats).fill(2);
    const values = [
      one,
      {
        again: [one, { one }],
        small: new Float32Array(3),
        other: new Map([["a", new BigInt64Array(floats).fill(9n)]]),
      },
      new ArrayBuffer(SPOOL_FROM_BYTES),
      new DataView(new Float64Array(floats).fill(1.5).buffer),
    ];
    for (const value of values) {
      const packed = parent.pack(call(value));
      expect(JSON.stringify(packed).length).toBeLessThan(1500);
      const { args } = child.unpack(structuredClone(packed));
      const [arrived] = unpack(args, () => expect.fail()) as unknown[];
      deepStrictEqual(arrived, structuredClone(value));
    }
    const { args } = child.unpack(structuredClone(parent.pack(call([one, one]))));
    const [[first, second]] = args.value as [[Float32Array, Float32Array]];
    expect(first).toBe(second);
    expect(first.buffer.byteLength).toBe(first.byteLength);
  });

  it.each([
    ["of its bound", 0, undefined],
    ["on the machine", 1 << 22, 8192],
  ])("stay in their frame where there is no room, %s", (_, bytes, most) => {
    const [parent, child] = pair(bytes, most);
    const frame = call(new Float32Array(floats).fill(3));
    expect(parent.pack(frame)).toBe(frame);
    expect(child.unpack(frame)).toBe(frame);
  });
});
