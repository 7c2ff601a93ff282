import type { StoredPiece } from "../../system/durable/store.js";
import type { Disk } from "../disk/disk.js";
import type { FilePiece } from "./file-piece.js";
import { changesOf } from "./read-file.js";
import { parseRecord } from "./record.js";
import { damaged, type RecordPlace, type StoreFile } from "./store-file.js";

/** Records that lie no farther apart are read at once, and so many bytes at most. */
const GAP = 16 * 1024;
const AT_ONCE = 1024 * 1024;

interface Run {
  readonly file: StoreFile;
  readonly from: number;
  end: number;
  readonly records: RecordPlace[];
}

/**
 * The data of pieces, from the disk; the checksum of every record is looked at again.
 * @returns in the order of the pieces
 * @throws HoldfastError StoreDamaged naming file and byte; what the disk throws
 */
export async function readPieces(disk: Disk, pieces: readonly FilePiece[]): Promise<StoredPiece[]> {
  // Where they are now: a checkpoint may bring them elsewhere meanwhile.
  const wanted = pieces.map(({ seq, length, record, at }) => ({ seq, length, record, at }));
  const plains = new Map<RecordPlace, Uint8Array>();
  for (const run of runsOf(new Set(wanted.map(({ record }) => record)))) {
    const read = await disk.read(run.file.path, run.from, run.end - run.from);
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
    for (const place of run.records) plains.set(place, plainOf(disk, place, bytes, place.offset - run.from));
  }
  return wanted.map(({ seq, length, record, at }) => ({ seq, data: plains.get(record)!.slice(at, at + length) }));
}

function runsOf(records: Iterable<RecordPlace>): Run[] {
  const sorted = [...records].sort((one, other) =>
    one.file === other.file ? one.offset - other.offset : one.file.path < other.file.path ? -1 : 1,
  );
  const runs: Run[] = [];
  for (const record of sorted) {
    const { file, offset, size } = record;
    const last = runs.at(-1);
    if (last?.file === file && offset - last.end <= GAP && offset + size - last.from <= AT_ONCE) {
      last.end = offset + size;
      last.records.push(record);
    } else {
      runs.push({ file, from: offset, end: offset + size, records: [record] });
    }
  }
  return runs;
}

function plainOf(disk: Disk, { file, offset, size }: RecordPlace, bytes: Buffer, at: number): Uint8Array {
  const record = parseRecord(bytes, at, offset, offset + size, file.seed);
  if (typeof record !== "object" || record.size !== size) {
    throw damaged(disk, file.path, offset, "the record there was whole before, and is not any more");
  }
  return changesOf(disk, file, record).plain;
}
