import type { Disk } from "../disk/disk.js";
import { HEADER_BYTES } from "../files/file-header.js";
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
  let far = HEADER_BYTES;
  const further = (offset: number) => {
    if (offset > far) told(offset - far);
    far = Math.max(far, offset);
  };
  const first = await readOnce(disk, file, firstBatch, check, further);
  if ((await whatFollows(disk, file, first.end)) === undefined) return first;
  // The end of a file that grows may have been half written a moment ago: what is followed by another sync no longer is.
  const second = await readOnce(disk, file, firstBatch, check, further);
  const later = await whatFollows(disk, file, second.end);
  if (later === undefined) return second;
  throw damaged(disk, file.path, second.end, `no record can be read there, though they go on up to ${later} at least`);
}

async function readOnce(
  disk: Disk,
  file: FoundFile,
  firstBatch: number,
  check: CheckPayload,
  further: (offset: number) => void,
): Promise<InspectedFile> {
  const reader = new RecordReader(disk, file, PART_BYTES);
  let nextBatch = firstBatch;
  let ended = false;
  for (let records = await reader.next(); records; records = await reader.next()) {
    for (const record of records) {
      if (record.batch !== nextBatch || ended || record.group > record.offset) {
        throw damaged(disk, file.path, record.offset, `it is batch ${record.batch} where ${nextBatch} is due`);
      }
      nextBatch++;
      if (record.type === "end") ended = true;
      else check(record);
    }
    further(reader.offset);
  }
  if (file.header.kind === "checkpoint" && reader.offset === file.end && !ended) {
    throw damaged(disk, file.path, reader.offset, "it is a checkpoint without an end");
  }
  return { end: reader.offset, records: nextBatch - firstBatch, nextBatch };
}

/** Where something whole lies behind what cannot be read; undefined for the end of the file, or a torn tail. */
async function whatFollows(disk: Disk, file: FoundFile, at: number): Promise<number | undefined> {
  if (at === file.end) return undefined;
  if (!file.last || file.header.kind === "checkpoint") return file.end;
  return laterGroup(disk, file, at);
}
