import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { FolderDisk } from "../disk/folder-disk.js";

/** A folder of backups in the store's own would be copied into itself, and lost with it. */
export function refuseOverlap(source: Disk, target: Disk): void {
  if (!(source instanceof FolderDisk && target instanceof FolderDisk)) return;
  const within = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);
  if (!within(target.about, source.about) && !within(source.about, target.about)) return;
  throw new HoldfastError(
    "InvalidSpec",
    `backups of ${source.about} cannot be in ${target.about}: give a folder beside it, on another disk if there is one`,
  );
}
