import type { OpenStore, StoreSurroundings } from "../../system/durable/store.js";
import type { Disk } from "../disk/disk.js";
import { type BackupSchedule, ScheduledBackups } from "./scheduled-backups.js";

/** An open store that makes backups of itself until it is closed. */
export function withBackups(
  store: OpenStore,
  disk: Disk,
  schedule: BackupSchedule,
  around: StoreSurroundings,
): OpenStore {
  const backups = new ScheduledBackups(disk, schedule, around);
  return {
    about: store.about,
    get failure() {
      return store.failure;
    },
    ids: () => store.ids(),
    read: (id) => store.read(id),
    append: (batch, how) => store.append(batch, how),
    async close() {
      await backups.stop();
      await store.close();
    },
  };
}
