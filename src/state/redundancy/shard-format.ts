import { crc32 } from "node:zlib";
import type { ObjectBirth } from "./copy-format.js";

/*
 * A sealed file is cut into stripes of `data` blocks, and each stripe gets `parity` blocks more; the blocks at one place of
 * every stripe are a shard, and every disk keeps one:
 *
 *            disk 0   disk 1   disk 2 (parity)          a shard:  header │ check block │ check block │ …
 *   stripe 0   ab       cd       ab^cd
 *   stripe 1   ef       gh       ef^gh                  the last stripe's blocks are as short as they can be
 *   stripe 2   i        0        i^0                    (filled up with zeros, of which a file knows nothing)
 *
 * A block's check goes on from the header's and its stripe, so one that belongs elsewhere is not believed.
 */

export const SHARD_HEADER_BYTES = 52;
export const BLOCK_CHECK_BYTES = 4;

/** Of a block where the file is long enough. Small enough that a flipped bit costs little to repair. */
export const BLOCK_BYTES = 64 * 1024;

const MAGIC = Buffer.from("HFRS");
const FORMAT = 1;

/** What every shard of an object says, but for its index. */
export interface ShardedObject extends ObjectBirth {
  /** Data shards. */
  readonly data: number;
  readonly parity: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes of a block. */
  readonly block: number;
}

export interface ShardHeader extends ShardedObject {
  /** Which shard: data first, then parity. */
  readonly index: number;
}

export function shardHeader(header: ShardHeader): Buffer {
  const bytes = Buffer.alloc(SHARD_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.set([FORMAT, header.data, header.parity, header.index], 4);
  bytes.write(header.id, 8, "hex");
  bytes.writeBigUInt64LE(BigInt(header.born), 24);
  bytes.writeBigUInt64LE(BigInt(header.size), 32);
  bytes.writeUInt32LE(header.block, 40);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 48)), 48);
  return bytes;
}

/** Undefined for what is none, or damaged. */
export function readShardHeader(header: Uint8Array): ShardHeader | undefined {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.length);
  if (bytes.length < SHARD_HEADER_BYTES || !bytes.subarray(0, 4).equals(MAGIC) || bytes[4] !== FORMAT) return undefined;
  if (crc32(bytes.subarray(0, 48)) !== bytes.readUInt32LE(48)) return undefined;
  return {
    data: bytes[5]!,
    parity: bytes[6]!,
    index: bytes[7]!,
    id: bytes.toString("hex", 8, 24),
    born: Number(bytes.readBigUInt64LE(24)),
    size: Number(bytes.readBigUInt64LE(32)),
    block: bytes.readUInt32LE(40),
  };
}

export function blockCheck(header: Uint8Array, stripe: number, block: Uint8Array): Buffer {
  const bytes = Buffer.alloc(BLOCK_CHECK_BYTES);
  bytes.writeUInt32LE(stripe >>> 0);
  bytes.writeUInt32LE(crc32(block, crc32(bytes, crc32(header))));
  return bytes;
}

/** Where a stripe is, in the file and in every shard. */
export interface Stripe {
  readonly number: number;
  /** The first of the file's bytes in it, and how many there are. */
  readonly from: number;
  readonly bytes: number;
  /** Bytes of each of its blocks. */
  readonly block: number;
  /** Where a block's check is in its shard; the block follows. */
  readonly at: number;
}

export function stripeCount({ size, data, block }: ShardedObject): number {
  return Math.ceil(size / (data * block));
}

export function stripeAt({ size, data, block }: ShardedObject, number: number): Stripe {
  const from = number * data * block;
  const bytes = Math.min(data * block, size - from);
  return {
    number,
    from,
    bytes,
    block: Math.ceil(bytes / data),
    at: SHARD_HEADER_BYTES + number * (BLOCK_CHECK_BYTES + block),
  };
}

/** Bytes of each shard, header and checks with it. */
export function shardBytes(object: ShardedObject): number {
  const count = stripeCount(object);
  if (count === 0) return SHARD_HEADER_BYTES;
  const last = stripeAt(object, count - 1);
  return last.at + BLOCK_CHECK_BYTES + last.block;
}

/** The data blocks of a stripe: its bytes, cut, the last filled up with zeros. */
export function dataBlocks({ data }: ShardedObject, { block }: Stripe, bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: data }, (_, i) => {
    const part = bytes.subarray(i * block, (i + 1) * block);
    if (part.length === block) return part;
    const filled = new Uint8Array(block);
    filled.set(part);
    return filled;
  });
}
