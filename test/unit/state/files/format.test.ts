import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBatch, encodeBatch } from "../../../../src/state/files/batch-codec.js";
import { crc, crcByTable } from "../../../../src/state/files/crc.js";
import { encodeFileHeader, HEADER_BYTES, parseFileHeader } from "../../../../src/state/files/file-header.js";
import { checkpointName, journalName, storeNames } from "../../../../src/state/files/file-names.js";
import { encodeHead, parseRecord } from "../../../../src/state/files/record.js";
import type { StoreChange } from "../../../../src/system/durable/store.js";

const someChange: fc.Arbitrary<StoreChange> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("base" as const, "tail" as const),
    id: fc.string({ unit: "binary" }),
    seq: fc.maxSafeNat(),
    data: fc.uint8Array({ maxLength: 200 }),
  }),
  fc.record({ kind: fc.constant("drop" as const), id: fc.string(), seq: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant("forget" as const), id: fc.string() }),
);

describe("a checksum", () => {
  it("is the CRC-32 that everybody has, in one go or in pieces, by Node or by the table", () => {
    expect(crc(Buffer.from("123456789"))).toBe(0xcbf43926);
    const bytes = randomBytes(1000);
    expect(crcByTable(bytes)).toBe(crc(bytes));
    expect(crcByTable(bytes.subarray(300), crcByTable(bytes.subarray(0, 300)))).toBe(crc(bytes));
  });
});

describe("a batch", () => {
  it("comes back as it went, and says where its data lies", () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 8 }), (batch) => {
        const { payload, changes } = encodeBatch(batch);
        expect(decodeBatch(payload)).toEqual(changes);
        const back = changes.map(({ kind, id, seq, at, length }) => {
          if (kind === "forget") return { kind, id };
          if (kind === "drop") return { kind, id, seq };
          return { kind, id, seq, data: new Uint8Array(payload.subarray(at, at + length)) };
        });
        expect(back).toEqual(batch);
      }),
    );
  });

  it("is none when it is cut short, goes on, or is something else: it is never read past its end", () => {
    const { payload } = encodeBatch([{ kind: "tail", id: "abc", seq: 7, data: Buffer.from("data") }]);
    for (let length = 0; length < payload.length; length++)
      expect(decodeBatch(payload.subarray(0, length))).toBeUndefined();
    expect(decodeBatch(Buffer.concat([payload, Buffer.of(0)]))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const changes = decodeBatch(bytes) ?? [];
        for (const { at, length } of changes) expect(at + length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe("a record", () => {
  const payload = Buffer.from("what was stored");
  const head = { type: "batch" as const, batch: 2 ** 40, group: 300 };
  const bytes = Buffer.concat([encodeHead(head, payload, 99), payload]);
  const parse = (from: Buffer, seed = 99, end = 1000 + from.length) => parseRecord(from, 0, 1000, end, seed);

  it("comes back as it went", () => {
    expect(parse(bytes)).toEqual({ ...head, payload, offset: 1000, size: bytes.length });
  });

  it("is none in another file, with any bit wrong, or cut short", () => {
    expect(parse(bytes, 98)).toBeUndefined();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const wrong = Buffer.from(bytes);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect(typeof parse(wrong)).not.toBe("object");
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(parse(bytes.subarray(0, length))).toBeUndefined();
      // Where the file has more than what was read of it, more is asked for.
      expect(parse(bytes.subarray(0, length), 99, 5000)).toBe(length < 20 ? 20 : bytes.length);
    }
    expect(parse(Buffer.alloc(100))).toBeUndefined();
  });
});

describe("a header", () => {
  const header = {
    kind: "journal" as const,
    number: 3,
    storeId: randomBytes(16),
    firstBatch: 12,
    previousEnd: 4096,
    seal: randomBytes(114),
  };
  const bytes = Buffer.from(encodeFileHeader(header));

  it("comes back as it went, in its fixed length", () => {
    expect(bytes.length).toBe(HEADER_BYTES);
    const parsed = parseFileHeader(bytes, "x")!.header;
    expect({ ...parsed, storeId: Buffer.from(parsed.storeId), seal: Buffer.from(parsed.seal) }).toEqual(header);
  });

  it("is none with any bit wrong, and one of a newer format is told as such", () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const wrong = Buffer.from(bytes);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      if (bit >> 3 === 8 && wrong[8]! > 1) expect(() => parseFileHeader(wrong, "x")).toThrow(/x has format \d+/);
      else expect(parseFileHeader(wrong, "x")).toBeUndefined();
    }
    expect(parseFileHeader(bytes.subarray(0, 255), "x")).toBeUndefined();
  });
});

describe("names", () => {
  it("of files are read as numbers, in order; what is nobody's is left alone", () => {
    const names = [
      "journal-10.log",
      journalName(9),
      checkpointName(8),
      "checkpoint-9.tmp",
      "LOCK-1-2-3",
      "journal-01.log",
      "x",
    ];
    expect(storeNames(names)).toEqual({ journals: [9, 10], checkpoints: [8], unfinished: ["checkpoint-9.tmp"] });
  });
});
