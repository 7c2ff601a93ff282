import { HoldfastError } from "../../errors.js";
import { crc } from "./crc.js";

/** What stands at the beginning of every file of a store. */
export interface FileHeader {
  readonly kind: "journal" | "checkpoint";
  /** As in its name: a file that was renamed is not believed. */
  readonly number: number;
  /** 16 random bytes, the same in all files of one store. */
  readonly storeId: Uint8Array;
  /** The number of the first batch after this header; of a checkpoint: the first that is not in it. */
  readonly firstBatch: number;
  /** Where the journal before this one ends: what is behind was never acknowledged. 0 for the first journal of a store. */
  readonly previousEnd: number;
  /** What its records are sealed with; empty where they are not. */
  readonly seal: Uint8Array;
}

const MAGIC = Buffer.from("holdfast", "latin1");

/** Of this layout and that of records and batches. A newer one is told as such. */
export const FORMAT = 1;

/** Bytes of a header, with room for what sealing needs. A file that has more has records: its header was durable before them. */
export const HEADER_BYTES = 256;

/** Where what is of no fixed length begins, and where it ends at the latest. */
const FIXED = 48;
const CHECKSUM_AT = HEADER_BYTES - 4;
const kinds = ["journal", "checkpoint"] as const;

/*
 *   0        8       9     10            12      18           24             30        46   48     48 + n     252
 *   magic    format  kind  n (of seal)   number  first batch  previous end   store id  0    seal   zeros      checksum
 *   8        1       1     2             6       6            6              16        2    n                 4     little-endian
 */
export function encodeFileHeader(header: FileHeader): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes[8] = FORMAT;
  bytes[9] = kinds.indexOf(header.kind);
  bytes.writeUInt16LE(header.seal.length, 10);
  bytes.writeUIntLE(header.number, 12, 6);
  bytes.writeUIntLE(header.firstBatch, 18, 6);
  bytes.writeUIntLE(header.previousEnd, 24, 6);
  bytes.set(header.storeId, 30);
  bytes.set(header.seal, FIXED);
  bytes.writeUInt32LE(crc(bytes.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
  return bytes;
}

/**
 * @param bytes the first HEADER_BYTES of the file
 * @returns the header and its checksum; undefined for what is no whole header
 * @throws HoldfastError StoreDamaged for one of a newer format
 */
export function parseFileHeader(bytes: Uint8Array, file: string): { header: FileHeader; seed: number } | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < HEADER_BYTES || !view.subarray(0, 8).equals(MAGIC)) return undefined;
  if (view[8]! > FORMAT) {
    throw new HoldfastError(
      "StoreDamaged",
      `${file} has format ${view[8]}, this holdfast reads up to ${FORMAT}: open it with the newer one that wrote it`,
      { details: { file, format: view[8] } },
    );
  }
  const seed = view.readUInt32LE(CHECKSUM_AT);
  const sealEnd = FIXED + view.readUInt16LE(10);
  const kind = kinds[view[9]!];
  if (crc(view.subarray(0, CHECKSUM_AT)) !== seed || kind === undefined || sealEnd > CHECKSUM_AT) return undefined;
  const header: FileHeader = {
    kind,
    number: view.readUIntLE(12, 6),
    firstBatch: view.readUIntLE(18, 6),
    previousEnd: view.readUIntLE(24, 6),
    storeId: bytes.slice(30, 46),
    seal: bytes.slice(FIXED, sealEnd),
  };
  return { header, seed };
}
