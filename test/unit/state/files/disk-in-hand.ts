import type { Disk, DiskFile, DiskLock } from "../../../../src/state/disk/disk.js";
import { FolderDisk } from "../../../../src/state/disk/folder-disk.js";

type Call = "append" | "sync" | "truncate" | "create" | "rename" | "remove" | "syncFolder" | "read";

/** A real folder whose calls a test counts, holds back and fails. */
export class DiskInHand implements Disk {
  readonly about: string;
  readonly calls: string[] = [];
  /** Asked before each call; what it returns is thrown, what it awaits is waited for. */
  before: (call: Call, path: string) => Promise<Error | undefined> | Error | undefined = () => undefined;
  readonly #disk: FolderDisk;

  constructor(folder: string) {
    this.#disk = new FolderDisk(folder);
    this.about = this.#disk.about;
  }

  count(call: Call, path = ""): number {
    return this.calls.filter((one) => one.startsWith(`${call} ${path}`)).length;
  }

  lock(): Promise<DiskLock> {
    return this.#disk.lock();
  }

  makeFolder(path: string): Promise<void> {
    return this.#disk.makeFolder(path);
  }

  list(path: string): Promise<string[]> {
    return this.#disk.list(path);
  }

  size(path: string): Promise<number> {
    return this.#disk.size(path);
  }

  read(path: string, from: number, length: number): Promise<Uint8Array> {
    return this.#call("read", path, () => this.#disk.read(path, from, length));
  }

  async create(path: string): Promise<DiskFile> {
    return this.#file(path, await this.#call("create", path, () => this.#disk.create(path)));
  }

  async open(path: string): Promise<DiskFile> {
    return this.#file(path, await this.#disk.open(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call("rename", from, () => this.#disk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#call("remove", path, () => this.#disk.remove(path));
  }

  syncFolder(path: string): Promise<void> {
    return this.#call("syncFolder", path, () => this.#disk.syncFolder(path));
  }

  sealed(): Promise<void> {
    return Promise.resolve();
  }

  #file(path: string, file: DiskFile): DiskFile {
    return {
      append: (chunks) => this.#call("append", path, () => file.append(chunks)),
      sync: () => this.#call("sync", path, () => file.sync()),
      truncate: (size) => this.#call("truncate", path, () => file.truncate(size)),
      close: () => file.close(),
    };
  }

  async #call<T>(call: Call, path: string, run: () => Promise<T>): Promise<T> {
    this.calls.push(`${call} ${path}`);
    const error = await this.before(call, path);
    if (error) throw error;
    return run();
  }
}

/** As the system would throw it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}
