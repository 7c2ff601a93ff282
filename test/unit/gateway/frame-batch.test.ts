import fc from "fast-check";
import { expect, it } from "vitest";
import { FrameBatch, GATHERED_BYTES } from "../../../src/gateway/frame-batch.js";
import { packPlain } from "../../../src/protocol/codec.js";

interface Step {
  readonly batch: number;
  readonly value: unknown;
  readonly bytes: number | undefined;
  readonly flush: boolean;
  readonly taken: boolean;
}

/** The payloads of whole frames. */
function payloads(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    expect([0x81, 0x82]).toContain(bytes[at]);
    const short = bytes[at + 1]! < 126;
    const length = short ? bytes[at + 1]! : bytes.readUInt16BE(at + 2);
    const from = at + (short ? 2 : 4);
    at = from + length;
    expect(at).toBeLessThanOrEqual(bytes.length);
    found.push(bytes.subarray(from, at).toString("latin1"));
  }
  return found;
}

const value = fc.oneof(
  fc.integer(),
  fc.string({ unit: "binary-ascii", maxLength: 255 }),
  fc.record({ text: fc.string({ maxLength: 200 }), n: fc.double() }),
  fc.array(fc.string({ unit: "binary-ascii", maxLength: 200 }), { maxLength: 30 }),
);
const step = fc.record<Step>({
  batch: fc.nat(2),
  value,
  bytes: fc.option(fc.nat(GATHERED_BYTES), { nil: undefined, freq: 3 }),
  flush: fc.boolean(),
  taken: fc.boolean(),
});

it("what is gathered leaves whole and in order, whoever gathers beside it and whatever the network has not taken yet", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const wanted: string[][] = [[], [], []];
      const out: Uint8Array[][] = [[], [], []];
      const asWritten: Buffer[][] = [[], [], []];
      let taken = true;
      const batches = out.map(
        (list, i) =>
          new FrameBatch((bytes) => {
            asWritten[i]!.push(Buffer.from(bytes));
            // What was taken may be written over at once; what was not has to stay as it is.
            list.push(taken ? Buffer.from(bytes) : bytes);
            return taken;
          }),
      );
      for (const { batch, value, bytes, flush, taken: now } of steps) {
        taken = now;
        const one = batches[batch]!;
        if (bytes !== undefined) {
          const payload = Buffer.alloc(bytes, batch + 1);
          one.add(payload, bytes % 2 === 0);
          wanted[batch]!.push(payload.toString("latin1"));
        } else {
          const packed = packPlain({ type: "result", id: 7, value });
          if (!one.addResult(7, value, 1e6)) one.add(packed, false);
          wanted[batch]!.push(Buffer.from(packed).toString("latin1"));
        }
        if (flush) one.flush();
        if (flush) expect(one.bytes).toBe(0);
      }
      for (const [i, one] of batches.entries()) {
        one.flush();
        expect(payloads(Buffer.concat(asWritten[i]!))).toEqual(wanted[i]);
        expect(Buffer.concat(out[i]!).equals(Buffer.concat(asWritten[i]!))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

it("a value that sends another while it is read costs neither its place nor its bytes", () => {
  const out: Buffer[] = [];
  const batch = new FrameBatch((bytes) => {
    out.push(Buffer.from(bytes));
    return true;
  });
  const inner = packPlain({ type: "result", id: 9, value: "inner" });
  const nosy = (flush: boolean) => ({
    a: 1,
    get b() {
      if (!batch.addResult(9, "inner", 1e6)) batch.add(inner, false);
      if (flush) batch.flush();
      return "something that is written behind it";
    },
  });
  const other = new FrameBatch(() => true);
  for (const flush of [false, true]) {
    expect(batch.addResult(1, "before", 1e6)).toBe(true);
    expect(batch.addResult(1, nosy(flush), 1e6)).toBe(false);
    expect(other.addResult(1, "another's", 1e6)).toBe(true);
    batch.flush();
    const before = packPlain({ type: "result", id: 1, value: "before" });
    expect(payloads(Buffer.concat(out.splice(0)))).toEqual(
      [before, inner].map((one) => Buffer.from(one).toString("latin1")),
    );
  }
});

it("a connection whose answers are all large keeps no memory for small ones", () => {
  const before = process.memoryUsage().arrayBuffers;
  const batches = Array.from({ length: 3000 }, () => {
    const batch = new FrameBatch(() => true);
    expect(batch.addResult(1, new Float32Array(4), 1e6)).toBe(false);
    batch.flush();
    return batch;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(batches.length * 1024);
});

it("a result that is larger than it may be is not added", () => {
  const batch = new FrameBatch(() => true);
  expect(batch.addResult(1, "x".repeat(200), 100)).toBe(false);
  expect(batch.bytes).toBe(0);
  expect(batch.addResult(1, "x".repeat(60), 100)).toBe(true);
});
