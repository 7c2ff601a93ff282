/** The public door of `holdfast/state`: where state lives, and what keeps it. */

// the contract between a system and any store
export type {
  OpenStore,
  Store,
  StoreChange,
  StoredEntity,
  StoredPiece,
  StoreNews,
  StoreSurroundings,
} from "../system/durable/store.js";
// backups
export { type BackupOptions, type BackupResult, backup } from "./backup/backup.js";
export type { Place } from "./backup/disk-at.js";
export type { Keep } from "./backup/keep.js";
export { type BackupSummary, listBackups } from "./backup/list-backups.js";
export type { BackupProgress } from "./backup/progress.js";
export { type RestoreOptions, restore } from "./backup/restore.js";
export type { BackupSchedule } from "./backup/scheduled-backups.js";
export { type Verified, type VerifyOptions, verify } from "./backup/verify.js";
// what keeps bytes
export type { Disk, DiskFile, DiskLock } from "./disk/disk.js";
export { FolderDisk } from "./disk/folder-disk.js";
// stores
export { files } from "./files/files.js";
export type { FilesOptions, SyncMode } from "./files/files-options.js";
export { lmdb } from "./lmdb-store.js";
export { memory } from "./memory-store.js";
// keys
export type { Encryption, Key } from "./privacy/encryption.js";
export { keyFile } from "./privacy/key-file.js";
// several disks as one
export { type Archive, openArchive } from "./redundancy/archive.js";
export type { RedundancyNews } from "./redundancy/redundancy-news.js";
export { RedundantDisk } from "./redundancy/redundant-disk.js";
export type { RedundantOptions } from "./redundancy/redundant-options.js";
export { type ScrubOptions, scrub } from "./redundancy/scrub.js";
export {
  isClean,
  type ScrubFinding,
  type ScrubLoss,
  type ScrubProgress,
  type ScrubReport,
} from "./redundancy/scrub-report.js";
