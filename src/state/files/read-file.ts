import type { Disk } from "../disk/disk.js";
import type { EntityTable } from "../entity-table.js";
import { decodeBatch, type StoredChange } from "./batch-codec.js";
import { type FilePiece, pieceOf } from "./file-piece.js";
import type { RawRecord } from "./record.js";
import { RecordReader } from "./record-reader.js";
import { damaged, type StoreFile } from "./store-file.js";

/** Bytes read at a time while a store is opened. */
const CHUNK = 1024 * 1024;

export interface FileRead {
  /** Where the last whole record ends. */
  readonly end: number;
  readonly nextBatch: number;
  /** A checkpoint's last record, which says that it is whole, was there. */
  readonly ended: boolean;
}

/** Applies all records of a file to a table, as far as they follow one another. */
export async function readFile(
  disk: Disk,
  file: StoreFile,
  firstBatch: number,
  table: EntityTable<FilePiece>,
): Promise<FileRead> {
  const reader = new RecordReader(disk, file, CHUNK);
  let nextBatch = firstBatch;
  let ended = false;
  for (let records = await reader.next(); records; records = await reader.next()) {
    for (const record of records) {
      if (record.batch !== nextBatch || ended || record.group > record.offset) {
        throw damaged(disk, file.path, record.offset, `it is batch ${record.batch} where ${nextBatch} is due`);
      }
      nextBatch++;
      if (record.type === "end") ended = true;
      else applyRecord(disk, file, record, table);
    }
  }
  return { end: reader.offset, nextBatch, ended };
}

function applyRecord(disk: Disk, file: StoreFile, record: RawRecord, table: EntityTable<FilePiece>): void {
  const place = { file, offset: record.offset, size: record.size };
  for (const change of changesOf(disk, file, record).changes) table.apply(change, pieceOf(change, place));
}

/**
 * What a record says.
 * @throws HoldfastError StoreDamaged: it does not open with the file's key, or is no batch
 */
export function changesOf(
  disk: Disk,
  file: StoreFile,
  record: RawRecord,
): { plain: Uint8Array; changes: readonly StoredChange[] } {
  const plain = file.sealer ? file.sealer.open(record.payload, record.offset) : record.payload;
  const changes = decodeBatch(plain);
  if (!changes) throw damaged(disk, file.path, record.offset, "the record there is no batch of changes");
  return { plain, changes };
}
