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
// what keeps bytes
export type { Disk, DiskFile, DiskLock } from "./disk/disk.js";
export { FolderDisk } from "./disk/folder-disk.js";
// stores
export { files } from "./files/files.js";
export type { FilesOptions, SyncMode } from "./files/files-options.js";
export { lmdb } from "./lmdb-store.js";
export { memory } from "./memory-store.js";
