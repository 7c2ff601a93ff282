import { crc } from "../files/crc.js";
import type { PieceKey } from "./plan.js";

/*
 * lmdb has no checksums. Each value begins with one, over where it belongs and what it is:
 *
 *   ┌─ crc32 ─┬─ data ─────┐
 *   │ 4 bytes │ …          │     the checksum is of "id kind seq" and data
 *   └─────────┴────────────┘
 */
const BYTES = 4;

export function sealed(key: PieceKey, id: string, data: Uint8Array): Buffer {
  const value = Buffer.allocUnsafe(BYTES + data.byteLength);
  value.writeUInt32LE(checksumOf(key, id, data), 0);
  value.set(data, BYTES);
  return value;
}

/** What was stored; undefined where it is not what was stored there. */
export function unsealed(key: PieceKey, id: string, value: Buffer): Uint8Array | undefined {
  if (value.byteLength < BYTES) return undefined;
  // A copy: lmdb's bytes are the mapped file's.
  const data = Uint8Array.prototype.slice.call(value, BYTES);
  return checksumOf(key, id, data) === value.readUInt32LE(0) ? data : undefined;
}

function checksumOf([, kind, seq]: PieceKey, id: string, data: Uint8Array): number {
  return crc(data, crc(Buffer.from(`${kind} ${seq} ${JSON.stringify(id)}`)));
}
