import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { errnoOf } from "../disk/store-failed.js";
import { type Checkpoint, type CheckpointOrder, writeCheckpoint } from "./checkpoint.js";
import { HEADER_BYTES } from "./file-header.js";
import type { FilesSettings } from "./files-options.js";
import type { Recovered } from "./recover.js";
import { isCheckpointDue } from "./rules.js";
import { Segment } from "./segment.js";
import type { RecordPlace, StoreFile } from "./store-file.js";

/**
 * The files of an open store, in their order: a checkpoint perhaps, journals that never change again, and the one that grows.
 * Calls that make or end files are awaited one after the other, but for a checkpoint's, which only touch what is older.
 */
export class Journals {
  readonly #disk: Disk;
  readonly #settings: FilesSettings;
  readonly #storeId: Uint8Array;
  /** Older than the current one, in order. */
  #older: StoreFile[];
  #current: Segment;
  /** What is done to files that do not change any more, one after the other. */
  #chores: Promise<unknown> = Promise.resolve();
  /** Bytes of journals when a checkpoint failed: so many as make one due have to come before the next try. */
  #failedAt = 0;
  /** Why nothing can be stored any more until it is opened again. */
  #gone: HoldfastError | undefined;

  private constructor(disk: Disk, settings: FilesSettings, storeId: Uint8Array, older: StoreFile[], current: Segment) {
    this.#disk = disk;
    this.#settings = settings;
    this.#storeId = storeId;
    this.#older = older;
    this.#current = current;
    // A crash may have come before one of them was.
    for (const file of older) this.#seal(file);
  }

  /**
   * Goes on after what was recovered: in a journal of its own, so that none that has been closed changes again; only one
   * that has nothing in it is gone on with.
   */
  static async begin(
    disk: Disk,
    settings: FilesSettings,
    storeId: Uint8Array,
    recovered: Recovered,
  ): Promise<Journals> {
    const { files, nextJournal, nextBatch } = recovered;
    const last = files.at(-1);
    if (last && isEmptyJournal(last) && isSealedBy(last, settings) && (await disk.size(last.path)) === last.end) {
      return new Journals(disk, settings, storeId, files.slice(0, -1), await Segment.resume(disk, last));
    }
    const previousEnd = last?.header.kind === "journal" ? last.end : 0;
    const header = { kind: "journal" as const, number: nextJournal, storeId, firstBatch: nextBatch, previousEnd };
    return new Journals(disk, settings, storeId, [...files], await Segment.create(disk, header, settings));
  }

  get isFull(): boolean {
    return this.#current.file.end >= this.#settings.segmentBytes;
  }

  /** @param liveBytes of all that is kept */
  isCheckpointDue(liveBytes: number): boolean {
    const journals = [...this.#older, this.#current.file].filter(({ header }) => header.kind === "journal");
    const journalBytes = journals.reduce((sum, { end }) => sum + end, 0);
    if (this.#failedAt > 0 && journalBytes < this.#failedAt + this.#settings.checkpointBytes) return false;
    return isCheckpointDue({ journalBytes, liveBytes, journals: journals.length }, this.#settings);
  }

  write(payloads: readonly Uint8Array[], firstBatch: number, sync: boolean): Promise<readonly RecordPlace[]> {
    return this.#current.write(payloads, firstBatch, sync);
  }

  /** @throws HoldfastError StoreFailed: a file of the store is not there any more, or another one is in its place */
  async look(): Promise<void> {
    await this.#checkThere(this.#current.file);
  }

  /** Files that come back are not those that are open: what is written to these would be lost. */
  async #checkThere(file: StoreFile): Promise<void> {
    if (!this.#gone && !(await isThere(this.#disk, file))) this.#gone = removed(this.#disk, file);
    if (this.#gone) throw this.#gone;
  }

  /** Takes back what is not durable; where the disk does not even do that, the next journal says where this one ended. */
  async cut(): Promise<void> {
    await this.#current.cut().catch(() => {});
  }

  /** The current journal is over, all of it is durable; a new one grows. */
  async next(firstBatch: number): Promise<void> {
    await this.#syncAll();
    await this.#follow(firstBatch);
  }

  /**
   * The same after a failure: the file that failed is not believed beyond what was durable. One with nothing in it is gone on
   * with, else each try on a disk that is nearly full would leave one more.
   */
  async replace(firstBatch: number): Promise<void> {
    const isCut = await this.#current.cut().then(
      () => true,
      () => false,
    );
    for (const file of [...this.#older, this.#current.file]) await this.#checkThere(file);
    if (!isCut || !isEmptyJournal(this.#current.file)) {
      // The next header vouches for all of this one: what no sync ever followed has to be on the disk first.
      await this.#syncAll();
      await this.#follow(firstBatch);
    }
    await this.#current.probe();
  }

  async #syncAll(): Promise<void> {
    if (this.#settings.sync === "lost-at-power-cut") await this.#current.sync();
  }

  async #follow(firstBatch: number): Promise<void> {
    const { file } = this.#current;
    const header = {
      kind: "journal" as const,
      number: file.header.number + 1,
      storeId: this.#storeId,
      firstBatch,
      previousEnd: file.end,
    };
    const next = await Segment.create(this.#disk, header, this.#settings);
    const over = this.#current;
    this.#current = next;
    this.#older.push(file);
    await over.close().catch(() => {});
    this.#seal(file);
  }

  /**
   * Puts all that is kept of the older files into one, beside whatever is written meanwhile.
   * @param reads waits for those that still read what is about to go
   * @returns whether it was made
   */
  async checkpoint(
    order: Pick<CheckpointOrder, "picture" | "firstBatch" | "isCancelled">,
    reads: () => Promise<unknown>,
  ): Promise<boolean> {
    const sources = [...this.#older];
    // Not before what is to be read has been sealed, nor while something is.
    return this.#chore(() => this.#checkpoint({ ...order, sources }, reads));
  }

  async #checkpoint(
    order: Pick<CheckpointOrder, "picture" | "firstBatch" | "isCancelled" | "sources">,
    reads: () => Promise<unknown>,
  ): Promise<boolean> {
    const { sources } = order;
    const { number } = sources.at(-1)!.header;
    this.#failedAt = sources.reduce((sum, { end }) => sum + end, 0);
    const whole = { ...order, number, storeId: this.#storeId };
    const made = await writeCheckpoint(this.#disk, whole, this.#settings);
    if (!made) return false;
    this.#failedAt = 0;
    this.#take(made, sources.length);
    await reads();
    // What cannot be removed now is when the store is next opened.
    for (const { path } of sources) await this.#disk.remove(path).catch(() => {});
    await this.#disk.sealed(made.file.path).catch(() => {});
    return true;
  }

  #take({ file, moved }: Checkpoint, sources: number): void {
    for (const { piece, record, at } of moved) {
      piece.record = record;
      piece.at = at;
    }
    this.#older.splice(0, sources, file);
  }

  #seal({ path }: StoreFile): void {
    void this.#chore(() => this.#disk.sealed(path).catch(() => {}));
  }

  #chore<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#chores.then(run);
    this.#chores = done.catch(() => {});
    return done;
  }

  /**
   * A new journal is begun, whose header says where this one ended: so damage to its last record is seen. Nothing is lost
   * where that fails.
   * @param healthy nothing of the current journal is in doubt
   */
  async close(nextBatch: number, healthy: boolean): Promise<void> {
    try {
      if (!healthy || isEmptyJournal(this.#current.file)) return;
      await this.#syncAll();
      await this.#follow(nextBatch).catch(() => {});
    } finally {
      await this.#chores;
      await this.#current.close();
    }
  }
}

async function isThere(disk: Disk, { path, end }: StoreFile): Promise<boolean> {
  const size = await disk.size(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return 0;
    throw error;
  });
  return size >= end;
}

function removed(disk: Disk, { path }: StoreFile): HoldfastError {
  return new HoldfastError(
    "StoreFailed",
    `${disk.about}/${path} is not there any more, or is another file: somebody removed it while the store was open. ` +
      "Stop, and restore a backup, or begin in an empty folder",
    { retryable: false, details: { folder: disk.about, errno: "ENOENT" } },
  );
}

function isEmptyJournal({ header, end }: StoreFile): boolean {
  return header.kind === "journal" && end === HEADER_BYTES;
}

/** With the key that new files are sealed with, or with none where they are not. */
function isSealedBy({ sealer }: StoreFile, { encryption }: FilesSettings): boolean {
  const current = encryption?.current;
  return sealer?.keyId === (typeof current === "function" ? current() : current);
}
