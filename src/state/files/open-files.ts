import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { HoldfastError } from "../../errors.js";
import type { OpenStore, StoreSurroundings } from "../../system/durable/store.js";
import type { Disk } from "../disk/disk.js";
import { errnoOf, storeFailed } from "../disk/store-failed.js";
import { currentKey } from "../privacy/sealing.js";
import type { FilesSettings } from "./files-options.js";
import { FilesStore } from "./files-store.js";
import { Journals } from "./journals.js";
import { type Recovered, recover } from "./recover.js";

/**
 * Opens a store in files: nobody else has it, what is there is read, what was being written when it ended is cut off.
 * @throws HoldfastError StoreInUse, StoreDamaged, StoreFailed
 */
export async function openFiles(disk: Disk, settings: FilesSettings, around: StoreSurroundings): Promise<OpenStore> {
  // Before anything is made: what is refused leaves nothing behind.
  if (settings.encryption) await currentKey(settings.encryption);
  await makeFolder(disk);
  const lock = await failing(disk, "lock it", () => disk.lock());
  try {
    if (lock.takenOver !== undefined) repaired(around, `${disk.about}: the lock was taken over, ${lock.takenOver}`);
    const recovered = await failing(disk, "read it", () => recover(disk, settings.encryption));
    await failing(disk, "clean it up", () => cleanUp(disk, recovered, around));
    const storeId = recovered.storeId ?? randomBytes(16);
    const journals = await failing(disk, "begin a journal in it", () =>
      Journals.begin(disk, settings, storeId, recovered),
    );
    return new FilesStore(disk, settings, around, lock, recovered, journals);
  } catch (error) {
    await lock.release().catch(() => {});
    throw error;
  }
}

async function makeFolder(disk: Disk): Promise<void> {
  try {
    await disk.makeFolder("");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw storeFailed(disk.about, "make the folder", error);
    const parent = dirname(disk.about);
    if (existsSync(parent)) {
      throw new HoldfastError(
        "StoreFailed",
        `${disk.about} cannot be made: ${parent} is there, but takes no new folder. Give a folder on a disk, such as ./state`,
        { cause: error, details: { folder: disk.about, errno: "ENOENT", parent } },
      );
    }
    throw new HoldfastError(
      "StoreFailed",
      `${disk.about} cannot be made: there is no folder ${parent}. Is a disk not mounted? If not, make it: mkdir -p ${parent}`,
      { cause: error, details: { folder: disk.about, errno: "ENOENT", parent } },
    );
  }
}

/** Nothing that was acknowledged is touched; a power cut anywhere in between leaves the same to be done again. */
async function cleanUp(disk: Disk, { files, torn, leftovers }: Recovered, around: StoreSurroundings): Promise<void> {
  // A process that was killed may have left what the system has and the disk has not yet: first it is durable, then it is
  // told of and built on, and what it makes needless goes.
  const last = files.at(-1);
  if (last) await syncFound(disk, last.path);
  await disk.syncFolder("");
  for (const { path, end, bytes } of torn) {
    if (end === 0) await disk.remove(path);
    else await cutOff(disk, path, end);
    const what = end === 0 ? "was begun and never held anything: removed" : `was torn at byte ${end}: ${bytes} cut off`;
    repaired(around, `${disk.about}/${path} ${what}. Nothing of it had been acknowledged`);
  }
  for (const path of leftovers) await disk.remove(path);
}

async function syncFound(disk: Disk, path: string): Promise<void> {
  const file = await disk.open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function cutOff(disk: Disk, path: string, end: number): Promise<void> {
  const file = await disk.open(path);
  try {
    await file.truncate(end);
    await file.sync();
  } finally {
    await file.close();
  }
}

function repaired(around: StoreSurroundings, text: string): void {
  around.tell({ kind: "store-repaired", text });
}

async function failing<T>(disk: Disk, doing: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeFailed(disk.about, doing, error);
  }
}
