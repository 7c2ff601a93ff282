import type { Disk } from "../disk/disk.js";
import { HEAD_BYTES, parseRecord } from "./record.js";
import type { StoreFile } from "./store-file.js";

/**
 * Whether what cannot be read at the end of the last journal may be cut off.
 *
 *   … whole │ group 900: whole ─ torn ─ whole │                        a power cut in the middle of one sync: none of the group
 *                                                                      was acknowledged, the file system chose what it kept
 *   … whole │ group 900: torn │ group 1400: whole                      1400 was only written when 900 was on the disk: something
 *                                                                      damaged what was acknowledged
 *
 * @param from where no record could be read
 * @returns where a later group's record begins, which says that it is damage; undefined for a torn tail
 */
export async function laterGroup(disk: Disk, file: StoreFile, from: number): Promise<number | undefined> {
  const { path, end, seed } = file;
  const read = await disk.read(path, from, end - from);
  const bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
  for (let at = 1; at + HEAD_BYTES <= bytes.length; at++) {
    // What cannot be one is seen without its checksum.
    if (bytes[at + 15] !== 0 || bytes.readUInt32LE(at + 16) <= from) continue;
    const record = parseRecord(bytes, at, from + at, end, seed);
    if (typeof record === "object" && record.group <= record.offset) return record.offset;
  }
  return undefined;
}
