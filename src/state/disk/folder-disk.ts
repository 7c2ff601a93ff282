import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { HoldfastError } from "../../errors.js";
import type { Disk, DiskFile, DiskLock } from "./disk.js";
import { FolderFile } from "./folder-file.js";
import { lockFolder } from "./folder-lock.js";

/** The real disk: a folder of this machine's file system. */
export class FolderDisk implements Disk {
  readonly about: string;

  /** @param folder where the disk's files are; relative to the current folder as it is now */
  constructor(folder: string) {
    this.about = resolve(folder);
  }

  lock(): Promise<DiskLock> {
    return lockFolder(this.about);
  }

  async makeFolder(path: string): Promise<void> {
    const folder = this.#at(path);
    try {
      await mkdir(folder, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
      return;
    }
    if (path === "") await syncFolderAt(dirname(folder));
  }

  list(path: string): Promise<string[]> {
    return readdir(this.#at(path));
  }

  async size(path: string): Promise<number> {
    return (await stat(this.#at(path))).size;
  }

  async read(path: string, from: number, length: number): Promise<Uint8Array> {
    const handle = await open(this.#at(path), "r");
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  async create(path: string): Promise<DiskFile> {
    return new FolderFile(await open(this.#at(path), "ax", 0o600));
  }

  async open(path: string): Promise<DiskFile> {
    return new FolderFile(await open(this.#at(path), constants.O_WRONLY | constants.O_APPEND));
  }

  rename(from: string, to: string): Promise<void> {
    return rename(this.#at(from), this.#at(to));
  }

  async remove(path: string): Promise<void> {
    const at = this.#at(path);
    if ((await lstat(at)).isDirectory()) await rmdir(at);
    else await rm(at);
  }

  syncFolder(path: string): Promise<void> {
    return syncFolderAt(this.#at(path));
  }

  /** A folder keeps every file in the same way. */
  sealed(): Promise<void> {
    return Promise.resolve();
  }

  #at(path: string): string {
    if (path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
      throw new HoldfastError("InvalidValue", `the path ${JSON.stringify(path)} leads out of ${this.about}`);
    }
    return join(this.about, path);
  }
}

async function syncFolderAt(folder: string): Promise<void> {
  // Windows opens no folders; its file system keeps names by itself.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
