import type { Store } from "../../system/durable/store.js";
import { refuseOverlap } from "../backup/refuse-overlap.js";
import { withBackups } from "../backup/with-backups.js";
import type { Disk } from "../disk/disk.js";
import { FolderDisk } from "../disk/folder-disk.js";
import { diskOf } from "./disk-of.js";
import { type FilesOptions, filesSettings } from "./files-options.js";
import { openFiles } from "./open-files.js";

/**
 * A store in files of one folder: an append-only journal with checksums, checkpoints that bound it, and one sync of the disk
 * for everything that came while the one before ran (group commit; the idea is that of every database's log).
 * What it promises at which setting: docs/durability.md.
 * @param where a folder, which is made if its parent is there; several folders, each on a disk of its own, of which any
 * `parity` may be lost (docs/redundancy.md); or a disk of one's own
 * @throws HoldfastError InvalidSpec. Opening it: StoreInUse, StoreDamaged, StoreFailed
 */
export function files(where: string | readonly string[] | Disk, options: FilesOptions = {}): Store {
  const settings = filesSettings(options);
  const { folders, on } = diskOf(where, options);
  const { backup } = settings;
  const target = typeof backup?.to === "string" ? new FolderDisk(backup.to) : backup?.to;
  if (target) for (const folder of folders) refuseOverlap(folder, target);
  return {
    kind: "store",
    about: `files in ${folders.map(({ about }) => about).join(" + ")}`,
    async open(around) {
      const disk = on(around);
      const store = await openFiles(disk, settings, around);
      return backup ? withBackups(store, disk, backup, around) : store;
    },
  };
}
