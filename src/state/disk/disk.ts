/**
 * What keeps bytes: the port through which everything under state/ touches a disk, so that a test can record it, fail it and
 * cut its power, and several disks can stand behind one port.
 *
 *   create ─▸ append ─▸ sync ─▸ close         durable: what was appended, once sync() resolved …
 *      └─▸ syncFolder                         … and the name it is found by, once syncFolder() resolved
 *   rename, remove ─▸ syncFolder              what comes first in the program may reach the disk last, or not at all, until then
 *
 * Paths are relative to the disk's own folder, with "/" between names; "" is that folder itself. Nothing is done that was not
 * called: no call syncs for another. Files are 0600, folders 0700. What fails throws the system's own error, with `code`
 * ("ENOSPC", "EIO", "ENOENT", "EEXIST" …): the caller knows what it was about.
 */
export interface Disk {
  /** For people: the folder, "/var/lib/app/state". */
  readonly about: string;
  /**
   * Takes the whole disk for this opener, until it is released or its process ends.
   * @throws HoldfastError StoreInUse with the owner's pid
   */
  lock(): Promise<DiskLock>;
  /** A folder that is there already is fine; its parent must be there. The disk's own folder ("") is made durable at once. */
  makeFolder(path: string): Promise<void>;
  /** The names of the files and folders directly in a folder, in no order. */
  list(path: string): Promise<string[]>;
  /** Bytes of a file. */
  size(path: string): Promise<number>;
  /** The bytes from `from` on: `length` of them, fewer where the file ends before. */
  read(path: string, from: number, length: number): Promise<Uint8Array>;
  /** A new, empty file to append to. @throws EEXIST */
  create(path: string): Promise<DiskFile>;
  /** A file that is there, to append to its end. @throws ENOENT */
  open(path: string): Promise<DiskFile>;
  /** Takes the place of what is at `to`, in one step. A file that is open goes on under its new name. */
  rename(from: string, to: string): Promise<void>;
  /** A file, or an empty folder. @throws ENOENT */
  remove(path: string): Promise<void>;
  /** Which names a folder has becomes durable. */
  syncFolder(path: string): Promise<void>;
  /** Says that a closed file will never change again: a redundant disk may now keep it another way. */
  sealed(path: string): Promise<void>;
}

/** One file that grows at its end. Its calls are awaited one after the other. */
export interface DiskFile {
  /** All of it is with the system when this resolves, nothing of it need be durable; after an error any part may be there. */
  append(chunks: readonly Uint8Array[]): Promise<void>;
  /** Everything appended becomes durable. After an error nothing is known of it, not even when a later one succeeds. */
  sync(): Promise<void>;
  /** Cuts the file to its first `size` bytes; the next append continues there. */
  truncate(size: number): Promise<void>;
  /** The file is not synced by this. */
  close(): Promise<void>;
}

export interface DiskLock {
  /** What was found of an owner that is no more, for people; undefined where there was none. */
  readonly takenOver: string | undefined;
  release(): Promise<void>;
}
