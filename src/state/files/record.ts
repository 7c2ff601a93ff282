import { crc } from "./crc.js";

/** What a record is: a batch of changes, or the last one of a checkpoint, which says that it is whole. */
export type RecordType = "batch" | "end";

export interface RecordHead {
  readonly type: RecordType;
  /** One more than that of the record before it: none is missing, none is there twice. */
  readonly batch: number;
  /**
   * Where in its file the sync began that it was written with. All before that was durable when this was written: whatever
   * is damaged there is no torn tail.
   */
  readonly group: number;
}

/** A record as it lies in a file. */
export interface RawRecord extends RecordHead {
  readonly offset: number;
  /** Bytes of it, its head included. */
  readonly size: number;
  /** Sealed where the file is. */
  readonly payload: Uint8Array;
}

export const HEAD_BYTES = 20;

/** Bytes of one record's payload: what one batch may have, and one buffer easily. */
export const LARGEST_PAYLOAD = 512 * 1024 * 1024;

const types: readonly (RecordType | undefined)[] = [undefined, "batch", "end"];

/*
 *   0         4          8       14     15   16      20
 *   length    checksum   batch   type   0    group   payload        the checksum is of all but itself, and
 *   4         4          6       1      1    4       length         goes on from its file's; little-endian
 *
 * No type is 0: zeros, which a file system may leave where data was to be, are no record.
 */
export function encodeHead({ type, batch, group }: RecordHead, payload: Uint8Array, seed: number): Uint8Array {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32LE(payload.length, 0);
  head.writeUIntLE(batch, 8, 6);
  head[14] = types.indexOf(type);
  head[15] = 0;
  head.writeUInt32LE(group, 16);
  head.writeUInt32LE(checksum(head, payload, seed), 4);
  return head;
}

/**
 * The record at a place of a buffer.
 * @param seed of its file
 * @param at where in the buffer
 * @param offset where in the file
 * @param end where the file ends
 * @returns how many bytes of the file are needed to tell, where the buffer has fewer; undefined where there is no whole record
 */
export function parseRecord(
  bytes: Buffer,
  at: number,
  offset: number,
  end: number,
  seed: number,
): RawRecord | number | undefined {
  if (offset + HEAD_BYTES > end) return undefined;
  if (at + HEAD_BYTES > bytes.length) return HEAD_BYTES;
  const length = bytes.readUInt32LE(at);
  const size = HEAD_BYTES + length;
  const type = types[bytes[at + 14]!];
  if (type === undefined || bytes[at + 15] !== 0 || length > LARGEST_PAYLOAD || offset + size > end) return undefined;
  if (at + size > bytes.length) return size;
  const head = bytes.subarray(at, at + HEAD_BYTES);
  const payload = bytes.subarray(at + HEAD_BYTES, at + size);
  if (head.readUInt32LE(4) !== checksum(head, payload, seed)) return undefined;
  return { offset, size, type, batch: head.readUIntLE(8, 6), group: head.readUInt32LE(16), payload };
}

function checksum(head: Uint8Array, payload: Uint8Array, seed: number): number {
  return crc(payload, crc(head.subarray(8), crc(head.subarray(0, 4), seed)));
}
