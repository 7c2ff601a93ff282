import type { Disk, DiskFile } from "../disk/disk.js";
import { sealNew } from "../privacy/sealing.js";
import { encodeFileHeader, type FileHeader, HEADER_BYTES, parseFileHeader } from "./file-header.js";
import { journalName } from "./file-names.js";
import type { FilesSettings } from "./files-options.js";
import { encodeHead } from "./record.js";
import { aboutFile, type RecordPlace, type StoreFile } from "./store-file.js";

/** What a store's next file is to have in its header. */
export type NewFile = Omit<FileHeader, "seal">;

/**
 * The journal file that grows.
 *
 *   write:   append ─▸ sync ─▸ `end` moves on        what is behind `end` is nobody's, whatever went wrong
 *   cut:     truncate to `end` ─▸ sync               after a failure, before anybody is told that it failed
 */
export class Segment {
  readonly file: StoreFile;
  readonly #handle: DiskFile;
  /** Where the first record lies that no sync followed. */
  #group: number;

  private constructor(file: StoreFile, handle: DiskFile) {
    this.file = file;
    this.#handle = handle;
    this.#group = file.end;
  }

  /** A new journal, durable with its name before anything is written to it. */
  static async create(disk: Disk, header: NewFile, { encryption }: FilesSettings): Promise<Segment> {
    const path = journalName(header.number);
    const { file, head } = await newStoreFile(disk, path, header, encryption);
    const handle = await createAnew(disk, path);
    try {
      await handle.append([head]);
      await handle.sync();
      await disk.syncFolder("");
      return new Segment(file, handle);
    } catch (error) {
      await handle.close().catch(() => {});
      throw error;
    }
  }

  /** The last journal of a store that was closed without writing to it goes on. */
  static async resume(disk: Disk, file: StoreFile): Promise<Segment> {
    return new Segment(file, await disk.open(file.path));
  }

  /**
   * Writes batches one after the other, numbered from `firstBatch` on, and makes them durable.
   * @param sync false leaves them with the operating system
   */
  async write(payloads: readonly Uint8Array[], firstBatch: number, sync: boolean): Promise<readonly RecordPlace[]> {
    const { file } = this;
    const places: RecordPlace[] = [];
    const chunks: Uint8Array[] = [];
    let offset = file.end;
    for (const [index, plain] of payloads.entries()) {
      const payload = file.sealer ? file.sealer.seal(plain, offset) : plain;
      const head = encodeHead({ type: "batch", batch: firstBatch + index, group: this.#group }, payload, file.seed);
      chunks.push(head, payload);
      const size = head.length + payload.length;
      places.push({ file, offset, size });
      offset += size;
    }
    // Most are small: copying them is cheaper than giving each to the system.
    await this.#handle.append(offset - file.end <= COPY_BYTES ? [Buffer.concat(chunks)] : chunks);
    if (sync) await this.#handle.sync();
    file.end = offset;
    if (sync) this.#group = offset;
    return places;
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
    this.#group = this.file.end;
  }

  /** Takes away what was written and is not durable. */
  async cut(): Promise<void> {
    await this.#handle.truncate(this.file.end);
    await this.#handle.sync();
  }

  /** Whether the disk takes more than a header: what is written for that is a torn tail, should the power go meanwhile. */
  async probe(): Promise<void> {
    await this.#handle.append([new Uint8Array(PROBE_BYTES)]);
    await this.#handle.sync();
    await this.cut();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** More than what a small message takes: a disk with room for a few bytes would fail again at once. */
const PROBE_BYTES = 4096;

/** Up to so many bytes of one group are put together before they are written. */
const COPY_BYTES = 256 * 1024;

/** A file that is about to be written, and the bytes of its header. */
export async function newStoreFile(
  disk: Disk,
  path: string,
  header: NewFile,
  encryption: FilesSettings["encryption"],
): Promise<{ file: StoreFile; head: Uint8Array }> {
  const about = `${disk.about}/${path}`;
  const sealed = encryption && (await sealNew(encryption, aboutFile(header), about));
  const whole = { ...header, seal: sealed?.header ?? new Uint8Array(0) };
  const head = encodeFileHeader(whole);
  const { seed } = parseFileHeader(head, about)!;
  return { file: { path, header: whole, seed, end: HEADER_BYTES, sealer: sealed?.sealer }, head };
}

/** In place of one whose making failed: nothing that counts can be in it. */
export async function createAnew(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.create(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    await disk.remove(path);
    return disk.create(path);
  }
}
