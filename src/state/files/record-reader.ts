import type { Disk } from "../disk/disk.js";
import { HEADER_BYTES } from "./file-header.js";
import { HEAD_BYTES, parseRecord, type RawRecord } from "./record.js";
import type { StoreFile } from "./store-file.js";

/** Reads the records of a file from front to back, a piece of the file at a time. */
export class RecordReader {
  readonly #disk: Disk;
  readonly #file: StoreFile;
  readonly #chunk: number;
  #offset: number;
  #done = false;

  /** @param chunk bytes read at a time; more where one record is larger */
  constructor(disk: Disk, file: StoreFile, chunk: number) {
    this.#disk = disk;
    this.#file = file;
    this.#offset = HEADER_BYTES;
    this.#chunk = chunk;
  }

  /** Where the next record begins: after the last one, the end of the file, or of what can be read of it. */
  get offset(): number {
    return this.#offset;
  }

  /** The next records, one at least; undefined after the last whole one. */
  async next(): Promise<readonly RawRecord[] | undefined> {
    const { path, end: fileEnd, seed } = this.#file;
    let wanted = this.#chunk;
    while (!this.#done && this.#offset < fileEnd) {
      const length = Math.min(Math.max(wanted, HEAD_BYTES), fileEnd - this.#offset);
      const read = await this.#disk.read(path, this.#offset, length);
      // A file that is shorter than it was cannot be waited for.
      const end = read.length < length ? this.#offset + read.length : fileEnd;
      const { records, needs } = parseAll(
        Buffer.from(read.buffer, read.byteOffset, read.length),
        this.#offset,
        end,
        seed,
      );
      if (needs === undefined) this.#done = true;
      const last = records.at(-1);
      if (last) {
        this.#offset = last.offset + last.size;
        return records;
      }
      wanted = needs ?? wanted;
    }
    return undefined;
  }
}

interface Parsed {
  readonly records: RawRecord[];
  /** How many bytes the record after these has, where the buffer ends before; undefined where none follows. */
  readonly needs: number | undefined;
}

function parseAll(bytes: Buffer, from: number, end: number, seed: number): Parsed {
  const records: RawRecord[] = [];
  for (let at = 0; ; ) {
    const record = parseRecord(bytes, at, from + at, end, seed);
    if (typeof record !== "object") return { records, needs: record };
    records.push(record);
    at += record.size;
  }
}
