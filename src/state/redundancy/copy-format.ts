import { crc32 } from "node:zlib";

/*
 * A growing file is kept whole on every disk of its set. Each append is a frame with a checksum that goes on from the frame
 * before, so a copy proves itself, and where one is damaged another helps out, frame by frame:
 *
 *   ┌ 36 bytes ──────────────────────┐┌ 24 bytes ──────────────────────────────┐
 *   │ "HFCP" 1 000  id  born  check  ││ "HFCf" length  before  synced   check  │ payload │ frame │ frame │ …
 *   └────────────────────────────────┘└────────────────────────────────────────┘
 *     id      16 random bytes            before   the check of the frame before (of the header, for the first)
 *     born    a later file's is higher   synced   where the part that is durable ended when this was written: a frame that is
 *                                                 damaged before there was promised, one after it may be torn
 */

export const COPY_HEADER_BYTES = 36;
export const FRAME_HEADER_BYTES = 24;

/** Of one frame's payload; longer appends are several. Bounds what a damaged length can ask for. */
export const FRAME_BYTES = 1024 * 1024;

const MAGIC = Buffer.from("HFCP");
/** What a frame begins with. */
export const FRAME_MAGIC: Uint8Array = Buffer.from("HFCf");
const FORMAT = 1;

/** Which object a file is. */
export interface ObjectBirth {
  /** 16 bytes as 32 hex digits. */
  readonly id: string;
  /** Of two objects under one name the one with the higher number counts. */
  readonly born: number;
}

export function copyHeader({ id, born }: ObjectBirth): Buffer {
  const bytes = Buffer.alloc(COPY_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes[4] = FORMAT;
  bytes.write(id, 8, "hex");
  bytes.writeBigUInt64LE(BigInt(born), 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32);
  return bytes;
}

/** Where the chain of checks begins. */
export function chainStart(header: Uint8Array): number {
  return Buffer.from(header.buffer, header.byteOffset).readUInt32LE(32);
}

/** Undefined for what is none, or damaged. */
export function readCopyHeader(header: Uint8Array): ObjectBirth | undefined {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.length);
  if (bytes.length < COPY_HEADER_BYTES || !bytes.subarray(0, 4).equals(MAGIC) || bytes[4] !== FORMAT) return undefined;
  if (crc32(bytes.subarray(0, 32)) !== bytes.readUInt32LE(32)) return undefined;
  return { id: bytes.toString("hex", 8, 24), born: Number(bytes.readBigUInt64LE(24)) };
}

/** The header of the frame that follows `chain`; the last four bytes are where the chain goes on. */
export function frameHeader(payload: readonly Uint8Array[], chain: number, synced: number): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES);
  bytes.set(FRAME_MAGIC);
  bytes.writeUInt32LE(
    payload.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  bytes.writeUInt32LE(chain, 8);
  bytes.writeBigUInt64LE(BigInt(synced), 12);
  bytes.writeUInt32LE(
    payload.reduce((check, part) => crc32(part, check), crc32(bytes.subarray(0, 20))),
    20,
  );
  return bytes;
}

export interface FrameHead {
  readonly length: number;
  readonly before: number;
  readonly synced: number;
  /** What it must be over all before it and the payload. */
  readonly check: number;
}

/** What a header says, to be proved by the payload; undefined where it cannot be one. */
export function readFrameHead(header: Uint8Array): FrameHead | undefined {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.length);
  if (bytes.length < FRAME_HEADER_BYTES || !bytes.subarray(0, 4).equals(FRAME_MAGIC)) return undefined;
  const length = bytes.readUInt32LE(4);
  if (length > FRAME_BYTES) return undefined;
  return {
    length,
    before: bytes.readUInt32LE(8),
    synced: Number(bytes.readBigUInt64LE(12)),
    check: bytes.readUInt32LE(20),
  };
}

export function isProved(head: FrameHead, header: Uint8Array, payload: Uint8Array): boolean {
  return payload.length === head.length && crc32(payload, crc32(header.subarray(0, 20))) === head.check;
}

/** Parts of at most `FRAME_BYTES` together, in order; longer ones are cut. */
export function inFrames(chunks: readonly Uint8Array[]): Uint8Array[][] {
  const frames: Uint8Array[][] = [];
  let room = 0;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      if (room === 0) {
        frames.push([]);
        room = FRAME_BYTES;
      }
      const part = chunk.subarray(from, from + room);
      frames.at(-1)!.push(part);
      from += part.length;
      room -= part.length;
    }
  }
  return frames;
}
