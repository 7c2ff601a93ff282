import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { EntityTable } from "../entity-table.js";
import type { Encryption } from "../privacy/encryption.js";
import { SUPERBLOCK } from "../redundancy/superblock.js";
import { HEADER_BYTES } from "./file-header.js";
import { checkpointName, journalName, storeNames } from "./file-names.js";
import type { FilePiece } from "./file-piece.js";
import { readFile } from "./read-file.js";
import { damaged, openStoreFile, type StoreFile } from "./store-file.js";
import { laterGroup } from "./torn-tail.js";

export interface Torn {
  readonly path: string;
  /** Where it is to be cut off; 0 where nothing of the file is whole. */
  readonly end: number;
  /** Bytes behind that. */
  readonly bytes: number;
}

/** What a store's files come to. Nothing was changed by finding out. */
export interface Recovered {
  readonly table: EntityTable<FilePiece>;
  /** Those that the table's pieces lie in: the checkpoint, where there is one, and the journals after it. */
  readonly files: readonly StoreFile[];
  /** The number that the next journal gets, and the next batch in it. */
  readonly nextJournal: number;
  readonly nextBatch: number;
  /** Undefined for a store that has nothing yet. */
  readonly storeId: Uint8Array | undefined;
  /** What was being written when the power went. */
  readonly torn: readonly Torn[];
  /** Files that a checkpoint has made needless, or that never became one: to be removed. */
  readonly leftovers: readonly string[];
}

/**
 * Reads a store, in one pass.
 *
 *   checkpoint-4.ckpt ─▸ journal-5.log ─▸ journal-6.log ─▸ journal-7.log (the last)
 *   whole, or damaged    each whole up to where the next one's        whole up to a torn tail, that no later
 *                        header says that it ended                    sync vouches for
 *
 * @throws HoldfastError StoreDamaged naming file and byte: never is anything that was acknowledged passed over; InvalidSpec
 * for one disk of several that are kept as one
 */
export async function recover(disk: Disk, encryption: Encryption | undefined): Promise<Recovered> {
  const found = await disk.list("");
  if (found.includes(SUPERBLOCK)) throw oneOfSeveral(disk);
  const names = storeNames(found);
  const covered = names.checkpoints.at(-1) ?? 0;
  const numbers = names.journals.filter((number) => number > covered);
  const leftovers = [
    ...names.unfinished,
    ...names.checkpoints.filter((number) => number !== covered).map(checkpointName),
    ...names.journals.filter((number) => number <= covered).map(journalName),
  ];
  checkNumbers(disk, covered, numbers);

  const files: StoreFile[] = [];
  const torn: Torn[] = [];
  for (const number of numbers) {
    const path = journalName(number);
    const file = await openStoreFile(disk, path, { kind: "journal", number }, encryption);
    if (file) files.push(file);
    else if (number > covered + 1 || covered === 0) torn.push(await tornHeader(disk, path, number === numbers.at(-1)));
    else throw damaged(disk, path, 0, "its header cannot be read");
  }

  const table = new EntityTable<FilePiece>();
  const checkpoint = covered === 0 ? undefined : await readCheckpoint(disk, covered, encryption, table);
  let nextBatch = checkpoint?.header.firstBatch ?? 1;
  const storeId = (checkpoint ?? files[0])?.header.storeId;
  checkStoreIds(disk, files, storeId);
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (file.header.firstBatch !== nextBatch) {
      throw damaged(disk, file.path, 18, `it begins with batch ${file.header.firstBatch} where ${nextBatch} is due`);
    }
    if (next) file.end = Math.min(file.end, next.header.previousEnd);
    const read = await readFile(disk, file, nextBatch, table);
    nextBatch = read.nextBatch;
    const vouched = next ? next.header.previousEnd : file.end;
    if (read.end === vouched) continue;
    const later = next ? vouched : await laterGroup(disk, file, read.end);
    if (later !== undefined) {
      throw damaged(
        disk,
        file.path,
        read.end,
        `no record can be read there, though they go on up to ${later} at least`,
      );
    }
    torn.push({ path: file.path, end: read.end, bytes: file.end - read.end });
    file.end = read.end;
  }
  return {
    table,
    files: checkpoint ? [checkpoint, ...files] : files,
    nextJournal: covered + files.length + 1,
    nextBatch,
    storeId,
    torn,
    leftovers,
  };
}

/** A store that is begun in it would be in the way of what all of them have. */
function oneOfSeveral({ about }: Disk): HoldfastError {
  return new HoldfastError(
    "InvalidSpec",
    `${about} is one disk of a redundant set: give all of its folders, files(["/sd1/state", "/sd2/state"], { parity: 1 })`,
    { details: { folder: about } },
  );
}

async function readCheckpoint(
  disk: Disk,
  number: number,
  encryption: Encryption | undefined,
  table: EntityTable<FilePiece>,
): Promise<StoreFile> {
  const path = checkpointName(number);
  const file = await openStoreFile(disk, path, { kind: "checkpoint", number }, encryption);
  if (!file) throw damaged(disk, path, 0, "its header cannot be read");
  const read = await readFile(disk, file, 1, table);
  if (read.end !== file.end || !read.ended) throw damaged(disk, path, read.end, "it ends, or cannot be read, there");
  return file;
}

/** Journals are there without a gap, from the checkpoint on. */
function checkNumbers(disk: Disk, covered: number, numbers: readonly number[]): void {
  const first = covered + 1;
  for (const [index, number] of numbers.entries()) {
    if (number !== first + index) throw missing(disk, first + index);
  }
  // The one after a checkpoint was there before it.
  if (covered > 0 && numbers.length === 0) throw missing(disk, first);
}

function missing(disk: Disk, number: number): HoldfastError {
  return damaged(disk, journalName(number), 0, "the file is missing");
}

function checkStoreIds(disk: Disk, files: readonly StoreFile[], storeId: Uint8Array | undefined): void {
  for (const { path, header } of files) {
    if (Buffer.compare(header.storeId, storeId!) !== 0) throw damaged(disk, path, 30, "it is of another store");
  }
}

/** A journal whose header never became durable has nothing that was acknowledged. */
async function tornHeader(disk: Disk, path: string, isLast: boolean): Promise<Torn> {
  const bytes = await disk.size(path);
  if (isLast && bytes <= HEADER_BYTES) return { path, end: 0, bytes };
  throw damaged(disk, path, 0, "its header cannot be read, though there is something after it");
}
