import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { Store } from "../../system/durable/store.js";
import { refuseOverlap } from "../backup/refuse-overlap.js";
import { withBackups } from "../backup/with-backups.js";
import type { Disk } from "../disk/disk.js";
import { FolderDisk } from "../disk/folder-disk.js";
import { type FilesOptions, filesSettings } from "./files-options.js";
import { openFiles } from "./open-files.js";

/**
 * A store in files of one folder: an append-only journal with checksums, checkpoints that bound it, and one sync of the disk
 * for everything that came while the one before ran (group commit; the idea is that of every database's log).
 * What it promises at which setting: docs/durability.md.
 * @param where a folder, which is made if its parent is there; or a disk of one's own
 * @throws HoldfastError InvalidSpec. Opening it: StoreInUse, StoreDamaged, StoreFailed
 */
export function files(where: string | Disk, options: FilesOptions = {}): Store {
  const settings = filesSettings(options);
  const disk = diskOf(where);
  const { backup } = settings;
  if (backup) refuseOverlap(disk, typeof backup.to === "string" ? new FolderDisk(backup.to) : backup.to);
  return {
    kind: "store",
    async open(around) {
      const store = await openFiles(disk, settings, around);
      return backup ? withBackups(store, disk, backup, around) : store;
    },
  };
}

function diskOf(where: string | Disk): Disk {
  if (typeof where === "string" && where !== "") return new FolderDisk(where);
  if (typeof where === "object" && where !== null && typeof where.lock === "function") return where;
  throw new HoldfastError("InvalidSpec", `files(${shown(where)}): give a folder, such as files("./state")`, {
    details: { field: "files()" },
  });
}
