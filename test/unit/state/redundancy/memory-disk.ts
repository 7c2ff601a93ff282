import { HoldfastError } from "../../../../src/errors.js";
import type { Disk, DiskFile, DiskLock } from "../../../../src/state/disk/disk.js";

interface MemoryFile {
  bytes: Buffer;
}

/** A disk in memory that fails on demand. */
export class MemoryDisk implements Disk {
  readonly about: string;
  readonly files = new Map<string, MemoryFile>();
  readonly folders = new Set<string>([""]);
  /** Every call fails with this code: "EIO". */
  broken: string | undefined;
  /** Bytes that may still be written before it is full. */
  room = Number.POSITIVE_INFINITY;
  /** Called before anything is changed; what it throws is what the call fails with. */
  onChange: (what: string) => void = () => {};
  #locked = false;

  constructor(about: string) {
    this.about = about;
  }

  async lock(): Promise<DiskLock> {
    this.#check();
    if (this.#locked) throw new HoldfastError("StoreInUse", `${this.about} is open already`, { details: { pid: 1 } });
    this.#locked = true;
    return {
      takenOver: undefined,
      release: async () => {
        this.#locked = false;
      },
    };
  }

  async makeFolder(path: string): Promise<void> {
    this.#change(`make ${path}`);
    this.folders.add(path);
  }

  async list(path: string): Promise<string[]> {
    this.#check();
    if (!this.folders.has(path)) throw failure("ENOENT", path);
    const inside = (name: string) => name !== "" && name.slice(0, Math.max(0, name.lastIndexOf("/"))) === path;
    return [...this.files.keys(), ...this.folders].filter(inside).map((name) => name.slice(name.lastIndexOf("/") + 1));
  }

  async size(path: string): Promise<number> {
    return this.#file(path).bytes.length;
  }

  async read(path: string, from: number, length: number): Promise<Uint8Array> {
    return Uint8Array.from(this.#file(path).bytes.subarray(from, from + length));
  }

  async create(path: string): Promise<DiskFile> {
    this.#change(`create ${path}`);
    if (this.files.has(path)) throw failure("EEXIST", path);
    const file = { bytes: Buffer.alloc(0) };
    this.files.set(path, file);
    return this.#opened(path, file);
  }

  async open(path: string): Promise<DiskFile> {
    return this.#opened(path, this.#file(path));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change(`rename ${from}`);
    const file = this.#file(from);
    this.files.delete(from);
    this.files.set(to, file);
  }

  async remove(path: string): Promise<void> {
    this.#check();
    this.#file(path);
    this.#change(`remove ${path}`);
    this.files.delete(path);
  }

  async syncFolder(path: string): Promise<void> {
    this.#check();
    if (!this.folders.has(path)) throw failure("ENOENT", path);
  }

  async sealed(): Promise<void> {}

  /** Another disk of the same folder, as it is now: of one that was taken out. */
  copy(): MemoryDisk {
    const other = new MemoryDisk(this.about);
    for (const [path, { bytes }] of this.files) other.files.set(path, { bytes: Buffer.from(bytes) });
    for (const path of this.folders) other.folders.add(path);
    return other;
  }

  #opened(path: string, file: MemoryFile): DiskFile {
    return {
      append: async (chunks) => {
        this.#change(`append ${path}`);
        const bytes = Buffer.concat(chunks);
        const part = bytes.subarray(0, this.room);
        this.room -= part.length;
        file.bytes = Buffer.concat([file.bytes, part]);
        if (part.length < bytes.length) throw failure("ENOSPC", path);
      },
      sync: async () => this.#change(`sync ${path}`),
      truncate: async (size) => {
        this.#change(`truncate ${path}`);
        this.room += file.bytes.length - size;
        file.bytes = file.bytes.subarray(0, size);
      },
      close: async () => {},
    };
  }

  #file(path: string): MemoryFile {
    this.#check();
    const file = this.files.get(path);
    if (!file) throw failure("ENOENT", path);
    return file;
  }

  #change(what: string): void {
    this.#check();
    this.onChange(what);
  }

  #check(): void {
    if (this.broken !== undefined) throw failure(this.broken, this.about);
  }
}

export function failure(code: string, about: string): Error {
  return Object.assign(new Error(`${code}: ${about}`), { code });
}
