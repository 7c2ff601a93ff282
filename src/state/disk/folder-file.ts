import { writevSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { DiskFile } from "./disk.js";

/** A file of a real disk, opened for appending. */
export class FolderFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    // One call takes what the system takes: on a disk that is nearly full less than it was given.
    let left = chunks.filter((chunk) => chunk.length > 0);
    while (left.length > 0) {
      const some = left.slice(0, MOST_CHUNKS);
      left = [...after(some, await this.#write(some)), ...left.slice(MOST_CHUNKS)];
    }
  }

  /**
   * Little goes at once: the system only copies it, which takes less than to have another thread do that and to hear of it.
   * @returns bytes that were written
   */
  async #write(chunks: readonly Uint8Array[]): Promise<number> {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    if (bytes <= AT_ONCE) return writevSync(this.#handle.fd, chunks);
    return (await this.#handle.writev(chunks)).bytesWritten;
  }

  /** The data, and of the file's own data what is needed to find it (its length): the time of change may be old. */
  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Bytes: copied in some 10 µs. */
const AT_ONCE = 64 * 1024;

/** What one call of the system may be given (IOV_MAX). */
const MOST_CHUNKS = 1024;

/** What is left of the chunks when their first `written` bytes are out. */
function after(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return chunks.flatMap((chunk) => {
    const from = Math.min(skip, chunk.length);
    skip -= from;
    return from === chunk.length ? [] : [chunk.subarray(from)];
  });
}
