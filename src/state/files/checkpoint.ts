import type { StoreChange } from "../../system/durable/store.js";
import type { Disk, DiskFile } from "../disk/disk.js";
import { place, type TableEntity } from "../entity-table.js";
import { encodeBatch, type StoredChange } from "./batch-codec.js";
import { HEADER_BYTES } from "./file-header.js";
import { checkpointName, unfinishedName } from "./file-names.js";
import type { FilePiece } from "./file-piece.js";
import type { FilesSettings } from "./files-options.js";
import { changesOf } from "./read-file.js";
import { encodeHead, type RawRecord, type RecordType } from "./record.js";
import { RecordReader } from "./record-reader.js";
import { createAnew, newStoreFile } from "./segment.js";
import { damaged, type RecordPlace, type StoreFile } from "./store-file.js";

export interface CheckpointOrder {
  /** Of the last journal that it covers. */
  readonly number: number;
  readonly storeId: Uint8Array;
  /** The number of the first batch that is not in it. */
  readonly firstBatch: number;
  /** What is kept, at that batch. */
  readonly picture: ReadonlyMap<string, TableEntity<FilePiece>>;
  /** The checkpoint before and the journals since, in order: none of them changes any more. */
  readonly sources: readonly StoreFile[];
  /** Nobody needs it any more. */
  isCancelled(): boolean;
}

/** A piece, and where it lies now. */
export interface Moved {
  readonly piece: FilePiece;
  readonly record: RecordPlace;
  readonly at: number;
}

export interface Checkpoint {
  readonly file: StoreFile;
  readonly moved: readonly Moved[];
}

/** Bytes read, and then looked through, before anybody else has a turn: some 2 ms of small records. */
const CHUNK = 128 * 1024;

/** Bytes written before they are synced: appends wait for a disk that is busy with no more than these. */
const SYNC_BYTES = 4 * 1024 * 1024;

/**
 * Writes what is kept of some files into one, record by record in their order, so that reading it is reading them.
 *
 *   checkpoint-4, journal-5, journal-6 ─▸ checkpoint-6.tmp ─▸ sync ─▸ rename to .ckpt ─▸ sync the folder     until here the old
 *                                                                                                           files count, then
 *                                                                                                           they may go
 * @returns undefined where it was cancelled
 */
export async function writeCheckpoint(
  disk: Disk,
  order: CheckpointOrder,
  { encryption }: FilesSettings,
): Promise<Checkpoint | undefined> {
  const { number, storeId, firstBatch } = order;
  const path = checkpointName(number);
  const header = { kind: "checkpoint" as const, number, storeId, firstBatch, previousEnd: 0 };
  const { file, head } = await newStoreFile(disk, path, header, encryption);
  const writer = new CheckpointWriter(file, await createAnew(disk, unfinishedName(number)), head);
  try {
    for (const source of order.sources) await copyKept(disk, source, order, writer);
    if (order.isCancelled()) {
      await writer.close();
      await disk.remove(unfinishedName(number));
      return undefined;
    }
    await writer.finish();
    await disk.rename(unfinishedName(number), path);
  } catch (error) {
    await writer.close().catch(() => {});
    await disk.remove(unfinishedName(number)).catch(() => {});
    throw error;
  }
  await disk.syncFolder("");
  return { file, moved: writer.moved };
}

async function copyKept(
  disk: Disk,
  source: StoreFile,
  order: CheckpointOrder,
  writer: CheckpointWriter,
): Promise<void> {
  const reader = new RecordReader(disk, source, CHUNK);
  for (let records = await reader.next(); records && !order.isCancelled(); records = await reader.next()) {
    for (const record of records) if (record.type === "batch") copyRecord(disk, source, record, order, writer);
    await writer.flush();
  }
  if (!order.isCancelled() && reader.offset !== source.end) {
    throw damaged(disk, source.path, reader.offset, "what was whole before cannot be read any more");
  }
}

function copyRecord(
  disk: Disk,
  source: StoreFile,
  record: RawRecord,
  { picture }: CheckpointOrder,
  writer: CheckpointWriter,
): void {
  const { plain, changes } = changesOf(disk, source, record);
  const pieces: FilePiece[] = [];
  const kept: StoreChange[] = [];
  for (const change of changes) {
    const piece = keptPiece(picture.get(change.id), change, source, record.offset);
    if (!piece) continue;
    const { kind, id, seq, at, length } = change;
    pieces.push(piece);
    kept.push({ kind: kind as "base" | "tail", id, seq, data: plain.subarray(at, at + length) });
  }
  if (kept.length > 0) writer.put(kept, pieces);
}

/** The piece that this very change is, where it is still kept. */
function keptPiece(
  entity: TableEntity<FilePiece> | undefined,
  { kind, seq, at }: StoredChange,
  file: StoreFile,
  offset: number,
): FilePiece | undefined {
  if (!entity || (kind !== "base" && kind !== "tail")) return undefined;
  const piece = kind === "tail" ? entity.tail[place(entity.tail, seq)] : entity.bases.find((base) => base.seq === seq);
  const here = piece?.record.file === file && piece.record.offset === offset && piece.at === at;
  return here ? piece : undefined;
}

class CheckpointWriter {
  readonly moved: Moved[] = [];
  readonly #file: StoreFile;
  readonly #handle: DiskFile;
  #chunks: Uint8Array[];
  #batch = 1;
  #synced = HEADER_BYTES;

  constructor(file: StoreFile, handle: DiskFile, head: Uint8Array) {
    this.#file = file;
    this.#handle = handle;
    this.#chunks = [head];
  }

  put(changes: readonly StoreChange[], pieces: readonly FilePiece[]): void {
    const { payload, changes: stored } = encodeBatch(changes);
    const record = this.#add("batch", payload);
    for (const [index, piece] of pieces.entries()) this.moved.push({ piece, record, at: stored[index]!.at });
  }

  async flush(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (chunks.length > 0) await this.#handle.append([Buffer.concat(chunks)]);
    if (this.#file.end - this.#synced < SYNC_BYTES) return;
    this.#synced = this.#file.end;
    await this.#handle.sync();
  }

  async finish(): Promise<void> {
    this.#add("end", new Uint8Array(0));
    await this.flush();
    await this.#handle.sync();
    await this.#handle.close();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #add(type: RecordType, plain: Uint8Array): RecordPlace {
    const file = this.#file;
    const offset = file.end;
    const payload = file.sealer ? file.sealer.seal(plain, offset) : plain;
    const head = encodeHead({ type, batch: this.#batch++, group: 0 }, payload, file.seed);
    this.#chunks.push(head, payload);
    file.end += head.length + payload.length;
    return { file, offset, size: head.length + payload.length };
  }
}
