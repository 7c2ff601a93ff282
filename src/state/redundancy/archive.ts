import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { FolderDisk } from "../disk/folder-disk.js";
import { storeFailed } from "../disk/store-failed.js";
import { RedundantDisk } from "./redundant-disk.js";
import { eachOnce, type RedundantOptions } from "./redundant-options.js";
import type { ScrubOptions } from "./scrub.js";
import type { ScrubReport } from "./scrub-report.js";

/** Bytes that are in memory at once while a file is copied. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Files that are kept over several folders, any `parity` of which may be lost. */
export interface Archive {
  /** Keeps a file under a name, in place of what had it: durable, and whole or not at all. @param from a path, or its bytes */
  put(name: string, from: string | Uint8Array): Promise<void>;
  /** @throws HoldfastError StoreDamaged where too much of it is lost, StoreFailed where there is none of that name */
  get(name: string): Promise<Uint8Array>;
  /**
   * Writes files into a folder, each checked, whole or not at all.
   * @param names default: all of them
   */
  extract(folder: string, names?: readonly string[]): Promise<void>;
  list(): Promise<string[]>;
  remove(name: string): Promise<void>;
  /** Reads and checks everything; `repair` makes what is damaged again from the rest. */
  scrub(options?: Omit<ScrubOptions, "tell">): Promise<ScrubReport>;
  close(): Promise<void>;
}

/**
 * Opens files that are kept with an erasure code over several folders, each on a disk of its own: model files on SD cards.
 * A new, empty folder in place of a lost one is filled when it is opened.
 * @param folders are made if their parents are there
 * @throws HoldfastError InvalidSpec, StoreInUse with the owner's pid, StoreDamaged where more than `parity` are lost
 * @example
 * import { openArchive } from "holdfast/state";
 *
 * const archive = await openArchive(["/sd1/models", "/sd2/models", "/sd3/models"], { parity: 1 });
 * await archive.put("digits.onnx", "./digits.onnx");
 * await archive.extract("./models"); // for openModels(app, { folder: "./models" })
 * await archive.close();
 */
export async function openArchive(folders: readonly string[], options: RedundantOptions): Promise<Archive> {
  const disks = folders.map((folder) => new FolderDisk(folder));
  eachOnce(disks);
  const disk = new RedundantDisk(disks, options);
  const failed = (error: unknown): never => {
    throw storeFailed(disk.about, "be opened", error);
  };
  await disk.makeFolder("").catch(failed);
  const lock = await disk.lock().catch(failed);
  return {
    async put(name, from) {
      check(name);
      if (typeof from !== "string") {
        const read = async (at: number, length: number) => from.subarray(at, at + length);
        return disk.write(name, { size: from.length, read });
      }
      const { size } = await stat(from);
      const file = await open(from, "r");
      try {
        await disk.write(name, {
          size,
          read: async (at, length) => {
            const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
            if (bytesRead === length) return buffer;
            throw new HoldfastError("StoreFailed", `${from} became shorter while it was read: put it again`);
          },
        });
      } finally {
        await file.close();
      }
    },
    async get(name) {
      check(name);
      return disk.read(name, 0, await sizeOf(disk, name));
    },
    async extract(folder, names) {
      await mkdir(folder, { recursive: true });
      for (const name of names ?? (await disk.list(""))) await extractOne(disk, name, join(folder, name));
    },
    list: async () => (await disk.list("")).sort(),
    async remove(name) {
      check(name);
      await sizeOf(disk, name);
      await disk.remove(name);
      await disk.syncFolder("");
    },
    scrub: (scrubbing) => disk.scrub(scrubbing),
    close: () => lock.release(),
  };
}

async function extractOne(disk: RedundantDisk, name: string, path: string): Promise<void> {
  check(name);
  const size = await sizeOf(disk, name);
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}`);
  const file = await open(draft, "wx", 0o600);
  try {
    for (let at = 0; at < size; at += PIECE_BYTES) {
      await file.writeFile(await disk.read(name, at, Math.min(PIECE_BYTES, size - at)));
    }
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}

async function sizeOf(disk: RedundantDisk, name: string): Promise<number> {
  try {
    return await disk.size(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const all = (await disk.list("")).sort().join(", ");
    throw new HoldfastError(
      "StoreFailed",
      `there is no ${shown(name)} in ${disk.about} (there are: ${all || "none"})`,
      {
        retryable: false,
      },
    );
  }
}

function check(name: string): void {
  if (typeof name === "string" && /^[\w][\w .-]*$/.test(name) && name.length <= 200) return;
  throw new HoldfastError("InvalidValue", `the name ${shown(name)}: give letters, digits, "_", "-", "." and spaces`);
}
