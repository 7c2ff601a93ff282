import { HoldfastError } from "../../src/errors.js";
import type { Disk, DiskFile, DiskLock } from "../../src/state/disk/disk.js";
import { type DiskImage, emptyImage, folderOf } from "./disk-image.js";
import type { DiskLog, DiskOp, Promised } from "./disk-log.js";
import { GrowingBytes } from "./growing-bytes.js";

/** What a call meets instead of being done: an error of the system; of an append, after its first `written` bytes. */
export interface Fault {
  readonly code: string;
  readonly written?: number;
}

export type Faults = (op: DiskOp | { readonly kind: "read" | "list" }) => Fault | undefined;

/** How many turns of the event loop's innermost queue a sync takes, so that appends come while one is running. */
const SYNC_TURNS = 4;

/**
 * A disk in memory that writes down everything that is done to it. What a process sees is always all of it; what would be
 * left of it by a power cut is read from the log (power-cut.ts).
 *
 *   session() ─▶ Disk of one process ─ kill() ─▶ its calls never end, what it wrote is there for the next session
 */
export class SimDisk {
  readonly log: DiskLog;
  /** Asked before each call. */
  faults: Faults = () => undefined;
  /** The kinds of calls that met a fault. */
  readonly refused = new Set<DiskOp["kind"]>();
  readonly #files: GrowingBytes[] = [];
  readonly #names = new Map<string, number>();
  readonly #folders: Set<string>;
  #session = 0;
  #locked = false;

  constructor(start: DiskImage = emptyImage) {
    this.log = { start, ops: [], promised: [] };
    this.#folders = new Set(start.folders);
    for (const [path, bytes] of start.files) this.#names.set(path, this.#files.push(new GrowingBytes(bytes)) - 1);
  }

  /** From now on a store opened after a power cut may hold these states alone. */
  promise(promised: Promised): void {
    this.log.promised.push({ at: this.log.ops.length, promised });
  }

  /** The process ends in the middle of whatever it does. */
  kill(): void {
    this.#session++;
    this.#locked = false;
  }

  /** What is there now, for one who looks without a power cut. */
  image(): DiskImage {
    return {
      folders: new Set(this.#folders),
      files: new Map([...this.#names].map(([path, file]) => [path, Uint8Array.from(this.#files[file]!.bytes())])),
    };
  }

  /** A byte is another from now on, and nobody was told. Twice: it is as it was. */
  flip(path: string, at: number): void {
    this.#file(path).bytes()[at]! ^= 0x10;
  }

  session(): Disk {
    const session = this.#session;
    const dead = () => session !== this.#session;
    /** One call: it takes a turn, and never ends for a process that is no more. */
    const call = async <T>(act: () => T, turns = 1): Promise<T> => {
      for (let turn = 0; turn < turns; turn++) await undefined;
      if (dead()) return new Promise<never>(() => {});
      const result = act();
      await undefined;
      return dead() ? new Promise<never>(() => {}) : result;
    };
    const fileOf = (file: number): DiskFile => ({
      append: (chunks) => call(() => this.#append(file, Buffer.concat(chunks))),
      sync: () => call(() => this.#sync(file), SYNC_TURNS),
      truncate: (size) => call(() => this.#truncate(file, size)),
      close: () => call(() => {}),
    });
    return {
      about: "a disk in memory",
      lock: () => call(() => this.#lock()),
      makeFolder: (path) => call(() => this.#makeFolder(path)),
      list: (path) => call(() => this.#list(path)),
      size: (path) => call(() => this.#file(path).size),
      read: (path, from, length) => call(() => this.#read(path, from, length)),
      create: (path) => call(() => fileOf(this.#create(path))),
      open: (path) => call(() => fileOf(this.#open(path))),
      rename: (from, to) => call(() => this.#rename(from, to)),
      remove: (path) => call(() => this.#remove(path)),
      syncFolder: (path) => call(() => this.#syncFolder(path), SYNC_TURNS),
      sealed: () => call(() => {}),
    };
  }

  #do(op: DiskOp): void {
    const fault = this.faults(op);
    if (fault) {
      this.refused.add(op.kind);
      if (op.kind === "append" && fault.written)
        this.log.ops.push({ ...op, bytes: op.bytes.subarray(0, fault.written) });
      if (op.kind === "append" && fault.written) this.#files[op.file]!.append(op.bytes.subarray(0, fault.written));
      if (op.kind === "sync") this.log.ops.push({ kind: "sync-failed", file: op.file });
      throw systemError(fault.code, op.kind);
    }
    this.log.ops.push(op);
  }

  #look(kind: "read" | "list"): void {
    const fault = this.faults({ kind });
    if (fault) throw systemError(fault.code, kind);
  }

  #append(file: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#do({ kind: "append", file, bytes });
    this.#files[file]!.append(bytes);
  }

  #sync(file: number): void {
    this.#do({ kind: "sync", file });
  }

  #truncate(file: number, size: number): void {
    this.#do({ kind: "truncate", file, size });
    this.#files[file]!.truncate(size);
  }

  #lock(): DiskLock {
    if (this.#locked)
      throw new HoldfastError("StoreInUse", "the disk in memory is open", { details: { pid: process.pid } });
    this.#locked = true;
    const session = this.#session;
    return {
      takenOver: undefined,
      release: async () => {
        if (session === this.#session) this.#locked = false;
      },
    };
  }

  #makeFolder(path: string): void {
    if (this.#folders.has(path)) return;
    this.#parent(path);
    this.#do({ kind: "make-folder", path });
    this.#folders.add(path);
  }

  #list(path: string): string[] {
    this.#look("list");
    if (!this.#folders.has(path)) throw systemError("ENOENT", path);
    const all = [...this.#names.keys(), ...this.#folders].filter((name) => name !== "" && folderOf(name) === path);
    return all.map((name) => name.slice(name.lastIndexOf("/") + 1));
  }

  #read(path: string, from: number, length: number): Uint8Array {
    this.#look("read");
    return Uint8Array.from(
      this.#file(path)
        .bytes()
        .subarray(from, from + length),
    );
  }

  #create(path: string): number {
    this.#parent(path);
    if (this.#names.has(path)) throw systemError("EEXIST", path);
    const file = this.#files.length;
    this.#do({ kind: "create", path, file });
    this.#files.push(new GrowingBytes());
    this.#names.set(path, file);
    return file;
  }

  #open(path: string): number {
    this.#file(path);
    const file = this.#names.get(path)!;
    this.#do({ kind: "open", file });
    return file;
  }

  #rename(from: string, to: string): void {
    this.#file(from);
    this.#parent(to);
    this.#do({ kind: "rename", from, to });
    this.#names.set(to, this.#names.get(from)!);
    this.#names.delete(from);
  }

  #remove(path: string): void {
    if (!this.#names.has(path) && !this.#folders.has(path)) throw systemError("ENOENT", path);
    this.#do({ kind: "remove", path });
    this.#names.delete(path);
    this.#folders.delete(path);
  }

  #syncFolder(path: string): void {
    if (!this.#folders.has(path)) throw systemError("ENOENT", path);
    this.#do({ kind: "sync-folder", path });
  }

  #file(path: string): GrowingBytes {
    const file = this.#names.get(path);
    if (file === undefined) throw systemError("ENOENT", path);
    return this.#files[file]!;
  }

  #parent(path: string): void {
    if (!this.#folders.has(folderOf(path))) throw systemError("ENOENT", path);
  }
}

function systemError(code: string, about: string): Error {
  return Object.assign(new Error(`${code}: ${about}`), { code });
}
