import type { Disk } from "../disk/disk.js";
import type { RawRecord } from "../files/record.js";
import { RecordReader } from "../files/record-reader.js";
import { damaged } from "../files/store-file.js";
import { laterGroup } from "../files/torn-tail.js";
import { PART_BYTES } from "./backup-options.js";
import type { FoundFile } from "./store-files.js";

/** Checks the payload of a record, as far as it can be read. @throws HoldfastError StoreDamaged */
export type CheckPayload = (record: RawRecord) => void;

export interface InspectedFile {
  /** Where the last whole record ends. */
  readonly end: number;
  readonly records: number;
  readonly nextBatch: number;
}

/**
 * Reads every record of a file: its checksum, its number, its payload.
 * @param firstBatch the number that its first record has to have
 * @param told of bytes as they are read; throws to stop
 * @throws HoldfastError StoreDamaged naming file and byte
 */
export async function inspectFile(
  disk: Disk,
  file: FoundFile,
  firstBatch: number,
  check: CheckPayload,
  told: (bytes: number) => void = () => {},
): Promise<InspectedFile> {
  const { path, header } = file;
  let at = file.from;
  let nextBatch = firstBatch;
  let records = 0;
  let ended = false;
  for (;;) {
    const reader = new RecordReader(disk, path, at, file.end, PART_BYTES);
    for (let read = await reader.next(); read; read = await reader.next()) {
      for (const record of read) {
        if (record.batch !== nextBatch || ended || record.group > record.offset) {
          throw damaged(disk, path, record.offset, `it is batch ${record.batch} where ${nextBatch} is due`);
        }
        nextBatch++;
        records++;
        if (record.type === "end") ended = true;
        else check(record);
      }
      told(reader.offset - at);
      at = reader.offset;
    }
    const later = await whatFollows(disk, file, at);
    if (later === undefined) break;
    // Of a file that grows, the end may have been half written a moment ago: what is followed by another sync is not.
    const again = await new RecordReader(disk, path, at, file.end, PART_BYTES).next();
    if (!again) throw damaged(disk, path, at, `no record can be read there, though they go on up to ${later} at least`);
  }
  if (header.kind === "checkpoint" && !ended) throw damaged(disk, path, at, "it is a checkpoint without an end");
  return { end: at, records, nextBatch };
}

/** Where something whole lies behind what cannot be read; undefined for the end of the file, or a torn tail. */
async function whatFollows(disk: Disk, file: FoundFile, at: number): Promise<number | undefined> {
  if (at === file.end) return undefined;
  if (!file.last || file.header.kind === "checkpoint") return file.end;
  return laterGroup(disk, file.path, at, file.end);
}
