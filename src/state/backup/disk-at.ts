import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { FolderDisk } from "../disk/folder-disk.js";
import { RedundantDisk } from "../redundancy/redundant-disk.js";
import { readSuperblock, SUPERBLOCK } from "../redundancy/superblock.js";

/** Where a store or backups are: a folder, the folders that are one store together, or a disk of one's own. */
export type Place = string | readonly string[] | Disk;

/** Larger is no superblock. */
const MOST_BYTES = 1024 * 1024;

/**
 * @param parity of several folders that are no set yet: how many may be lost
 * @throws HoldfastError InvalidSpec: nothing tells how many of several folders may be lost
 */
export async function diskAt(place: Place, parity?: number): Promise<Disk> {
  if (typeof place === "string") return new FolderDisk(place);
  if (!isList(place)) return place;
  const disks = place.map((folder) => new FolderDisk(folder));
  for (const disk of disks) {
    const known = await parityOf(disk);
    if (known !== undefined) return new RedundantDisk(disks, { parity: known });
  }
  if (parity !== undefined) return new RedundantDisk(disks, { parity });
  const all = disks.map(({ about }) => about).join(", ");
  const text = `none of ${all} is of a redundant set: give the folders of one, or parity to restore onto a new one`;
  throw new HoldfastError("InvalidSpec", text);
}

function isList(place: readonly string[] | Disk): place is readonly string[] {
  return Array.isArray(place);
}

async function parityOf(disk: Disk): Promise<number | undefined> {
  const bytes = await disk.read(SUPERBLOCK, 0, MOST_BYTES).catch(() => undefined);
  const superblock = bytes && readSuperblock(Buffer.from(bytes).toString());
  return superblock === "newer" ? undefined : superblock?.parity;
}
