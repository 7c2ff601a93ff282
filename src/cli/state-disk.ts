import { existsSync } from "node:fs";
import type { Disk } from "../state/disk/disk.js";
import { FolderDisk } from "../state/disk/folder-disk.js";
import { RedundantDisk } from "../state/redundancy/redundant-disk.js";
import { readSuperblock, SUPERBLOCK } from "../state/redundancy/superblock.js";
import { CommandError } from "./command.js";

/** Larger is no superblock. */
const MOST_BYTES = 1024 * 1024;

/**
 * The disk that a word of the command line names: a folder, or several with commas between, as which `files([a, b, c])`
 * keeps a store.
 * @param parity for folders that are no set yet
 * @throws CommandError where nothing tells how many of several may be lost
 */
export async function stateDisk(word: string, parity?: number): Promise<Disk> {
  const folders = existsSync(word) ? [word] : word.split(",");
  const disks = folders.map((folder) => new FolderDisk(folder));
  if (disks.length === 1) return disks[0]!;
  for (const disk of disks) {
    const known = await parityOf(disk);
    if (known !== undefined) return new RedundantDisk(disks, { parity: known });
  }
  if (parity !== undefined) return new RedundantDisk(disks, { parity });
  const all = disks.map(({ about }) => about).join(", ");
  throw new CommandError(`none of ${all} is of a redundant set: give --parity N to restore onto a new one`);
}

async function parityOf(disk: Disk): Promise<number | undefined> {
  const bytes = await disk.read(SUPERBLOCK, 0, MOST_BYTES).catch(() => undefined);
  const superblock = bytes && readSuperblock(Buffer.from(bytes).toString());
  return superblock === "newer" ? undefined : superblock?.parity;
}
