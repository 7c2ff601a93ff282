import { createHash } from "node:crypto";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { storeFailed } from "../disk/store-failed.js";
import type { Encryption } from "../privacy/encryption.js";
import { backupDisk } from "./backup-disk.js";
import { PART_BYTES } from "./backup-options.js";
import { checkBackup, newestGood } from "./check-backup.js";
import { chooseBackup } from "./choose-backup.js";
import { diskAt, type Place } from "./disk-at.js";
import { type BackupSummary, summaryOf } from "./list-backups.js";
import type { BackedUpFile, Manifest } from "./manifest.js";
import { type OnProgress, progressOf } from "./progress.js";
import { idOf, Repository } from "./repository.js";
import { restoreOrder } from "./restore-order.js";

export interface RestoreOptions {
  /** Which: an id, its number, or a time (the last one before it, UTC). Default: the newest. */
  readonly at?: string;
  /** Onto several new folders, each on a disk of its own: how many of them may be lost. */
  readonly parity?: number;
  /** The keys of the store: with them every record is opened before anything is written. */
  readonly encryption?: Encryption;
  /** Ends it between two pieces; the folder is then left without a store. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Puts a backup into an empty folder, which a store then opens. All of it is checked before anything is written; what is
 * written has its names, and so is a store, when all of it is durable.
 * @param from the folder of backups, or its disk
 * @param to an empty folder, or one that is not there; or several, or a disk
 * @throws HoldfastError InvalidSpec: no such backup, or the folder is not empty; StoreDamaged: what is wrong, and which backup
 * is the newest good one; Cancelled
 * @example
 * import { restore } from "holdfast/state";
 * const { id } = await restore("/mnt/backups", "./state", { at: "2026-05-01T12:00Z" });
 */
export async function restore(from: Place, to: Place, options: RestoreOptions = {}): Promise<BackupSummary> {
  const repository = new Repository(await diskAt(from));
  const target = await diskAt(to, options.parity);
  try {
    return await checkedRestore(repository, target, options);
  } catch (error) {
    throw storeFailed(target.about, `restore a backup of ${repository.about}`, error);
  }
}

async function checkedRestore(repository: Repository, target: Disk, options: RestoreOptions): Promise<BackupSummary> {
  const name = await chooseBackup(repository, options.at);
  // Told before all of a backup is read. Where the folder cannot be looked at yet, it is once it is there.
  await refuseUsed(target).catch((error: unknown) => {
    if (isHoldfastError(error, "InvalidSpec")) throw error;
  });
  const manifest = await wholeManifest(repository, name, options);
  await target.makeFolder("");
  const lock = await target.lock();
  try {
    await refuseUsed(target);
    const backup = backupDisk(repository, manifest, `${repository.about}/${name}`);
    const told = progressOf("restore", manifest.files, options);
    await clear(target);
    await target.makeFolder(STAGE);
    try {
      for (const file of manifest.files) await copyOut(backup, file, target, told);
    } catch (error) {
      await clear(target).catch(() => {});
      throw error;
    }
    await target.syncFolder(STAGE);
    // The newest journal may be gone on with, the others never change again.
    const [newest, ...others] = restoreOrder(manifest.files.map((one) => one.name));
    for (const file of [newest!, ...others]) {
      await target.rename(`${STAGE}/${file}`, file);
      await target.syncFolder("");
    }
    for (const file of others) await target.sealed(file);
    await clear(target);
    await target.syncFolder("");
    return summaryOf(name, manifest);
  } finally {
    await lock.release();
  }
}

/** @throws HoldfastError StoreDamaged: the backup is; it says which one to take instead */
async function wholeManifest(repository: Repository, name: string, options: RestoreOptions): Promise<Manifest> {
  try {
    const manifest = await repository.manifest(name);
    await checkBackup(repository, name, manifest, options);
    return manifest;
  } catch (error) {
    // Another key is not mended by an older backup.
    if (!isHoldfastError(error, "StoreDamaged") || error.details.reason === "key") throw error;
    const good = await newestGood(repository, name, options);
    const advice = good ? `the newest good one is ${idOf(good)}: --at ${idOf(good)}` : "no other one there is good";
    throw new HoldfastError("StoreDamaged", `backup ${idOf(name)} is not restored: ${error.message}; ${advice}`, {
      cause: error,
      details: { ...error.details, newestGood: good && idOf(good) },
    });
  }
}

/** What is being restored, until all of it is there. */
const STAGE = "restoring";

/** A folder that has anything in it but what a restore left that did not end. */
async function refuseUsed(target: Disk): Promise<void> {
  const names = await target.list("").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const used = names.filter((name) => name !== STAGE && !name.startsWith("LOCK"));
  if (used.length === 0) return;
  const store = used.some((name) => /^(journal|checkpoint)-/.test(name));
  const what = store
    ? "has a store in it"
    : `is not empty (${used.slice(0, 3).join(", ")}${used.length > 3 ? " …" : ""})`;
  throw new HoldfastError("InvalidSpec", `${target.about} ${what}: restore into an empty folder, then move it there`);
}

async function copyOut(backup: Disk, file: BackedUpFile, target: Disk, told: (bytes: number) => void): Promise<void> {
  const whole = createHash("sha256");
  const copy = await target.create(`${STAGE}/${file.name}`);
  try {
    for (let at = 0; at < file.bytes; at += PART_BYTES) {
      const bytes = await backup.read(file.name, at, PART_BYTES);
      whole.update(bytes);
      await copy.append([bytes]);
      told(bytes.length);
    }
    if (whole.digest("hex") !== file.sha256) {
      const text = `${backup.about}: ${file.name} has another checksum than its manifest says`;
      throw new HoldfastError("StoreDamaged", text, { details: { file: file.name, reason: "damage" } });
    }
    await copy.sync();
  } finally {
    await copy.close();
  }
}

async function clear(target: Disk): Promise<void> {
  const names = await target.list(STAGE).catch(() => undefined);
  for (const name of names ?? []) await target.remove(`${STAGE}/${name}`);
  if (names) await target.remove(STAGE);
}
