import { type Clock, realClock } from "../../clock.js";
import { type HoldfastError, isHoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { storeFailed } from "../disk/store-failed.js";
import type { Encryption } from "../privacy/encryption.js";
import { PART_BYTES } from "./backup-options.js";
import { checkBackup } from "./check-backup.js";
import { copyFile } from "./copy-file.js";
import { diskAt, type Place } from "./disk-at.js";
import { inspectFile } from "./inspect-file.js";
import { sealKeys } from "./inspect-store.js";
import { checkKeep, type Keep } from "./keep.js";
import { type BackupSummary, summaryOf } from "./list-backups.js";
import type { BackedUpFile, Manifest } from "./manifest.js";
import { type OnProgress, progressOf } from "./progress.js";
import { prune } from "./prune.js";
import { refuseOverlap } from "./refuse-overlap.js";
import { numberOf, Repository } from "./repository.js";
import { type FoundFile, storeFiles } from "./store-files.js";
import { tryAgainWhileItChanges } from "./while-it-changes.js";

export interface BackupOptions {
  /** Which backups stay in the folder; the others are removed once the new one is there. Default: all stay. */
  readonly keep?: Keep;
  /** The keys of the store: with them every record is opened while the copy is checked. */
  readonly encryption?: Encryption;
  /** Ends it between two pieces: no backup is made, what was copied is used by the next one. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Whose `wallTime` dates the backup. Default: the machine's. */
  readonly clock?: Pick<Clock, "wallTime">;
}

/** A backup that was made. */
export interface BackupResult extends BackupSummary {
  /** Bytes that were not in the folder before. */
  readonly newBytes: number;
  /** Ids of the backups that the policy did not keep. */
  readonly removed: readonly string[];
  readonly freedBytes: number;
  /**
   * What is wrong although the backup is there: others whose manifest cannot be read, which stay with everything that they
   * may need, or that what is not kept could not be removed.
   */
  readonly problems: readonly HoldfastError[];
}

/**
 * Copies a store of `files()` into a folder of backups, also while the store is in use by this process or another one, which
 * notices nothing: what a store has written never changes, so that a copy of its files up to any moment is a state that it was
 * in.
 *
 *   list ─▸ checkpoint and the journals after it ─▸ pieces that are not there yet ─▸ read back and checked ─▸ manifest ─▸ keep
 *    ▲                                                  │
 *    └──── the store put a checkpoint in their place ───┘
 *
 * A change that was acknowledged before the call is in it; one that is on its way may be.
 * @param store the folder of a store, or its folders, or its disk
 * @param to the folder of backups, or its disk; made where it is not there. Not within the store's folder
 * @throws HoldfastError StoreDamaged: the store is; StoreInUse: another backup into this folder is under way; Cancelled;
 * StoreFailed: the folder cannot be written; InvalidSpec
 * @example
 * import { backup } from "holdfast/state";
 * const { id } = await backup("./state", "/mnt/backups", { keep: { hourly: 24, daily: 7 } });
 */
export async function backup(store: Place, to: Place, options: BackupOptions = {}): Promise<BackupResult> {
  if (options.keep) checkKeep(options.keep, "keep");
  const source = await diskAt(store);
  const target = await diskAt(to);
  refuseOverlap(source, target);
  const repository = new Repository(target);
  try {
    return await lockedBackup(source, repository, options);
  } catch (error) {
    throw storeFailed(repository.about, `take a backup of ${source.about}`, error);
  }
}

async function lockedBackup(source: Disk, repository: Repository, options: BackupOptions): Promise<BackupResult> {
  const lock = await repository.take();
  try {
    const names = await repository.names();
    const dated = {
      number: names.length === 0 ? 1 : numberOf(names.at(-1)!) + 1,
      at: (options.clock ?? realClock).wallTime(),
    };
    const { manifest, newBytes } = await wholeCopy(source, repository, dated, options);
    const name = await repository.commit(manifest);
    return { ...summaryOf(name, manifest), newBytes, ...(await prune(repository, options.keep)) };
  } finally {
    await lock.release();
  }
}

type Dated = Pick<Manifest, "number" | "at">;

interface Copied {
  readonly manifest: Manifest;
  readonly newBytes: number;
}

/** A copy that was read back and found whole. A piece that was there already and is damaged by now is written anew. */
async function wholeCopy(source: Disk, repository: Repository, dated: Dated, options: BackupOptions): Promise<Copied> {
  const first = await copyStore(source, repository, dated, false, options);
  const problem = await problemOf(repository, first.manifest, options);
  if (!problem) return first;
  const again = await copyStore(source, repository, dated, true, options);
  const still = await problemOf(repository, again.manifest, options);
  if (still) throw still;
  return { manifest: again.manifest, newBytes: first.newBytes + again.newBytes };
}

async function copyStore(
  source: Disk,
  repository: Repository,
  dated: Dated,
  reread: boolean,
  options: BackupOptions,
): Promise<Copied> {
  let newBytes = 0;
  return tryAgainWhileItChanges(source, async () => {
    const found = await storeFiles(source);
    const ends = await Promise.all(found.map((file) => (file.last ? wholeEnd(source, file) : file.end)));
    const told = progressOf(
      "copy",
      ends.map((bytes) => ({ bytes })),
      options,
    );
    const files: BackedUpFile[] = [];
    for (const [index, { path }] of found.entries()) {
      const copying = {
        reread,
        told(read: number, written: number) {
          newBytes += written;
          told(read, written);
        },
      };
      files.push(await copyFile(source, path, ends[index]!, repository, copying));
    }
    return { manifest: { ...dated, partBytes: PART_BYTES, keys: sealKeys(source, found), files }, newBytes };
  });
}

/** Where the last whole record of a journal ends that may be written to just now. */
async function wholeEnd(source: Disk, file: FoundFile): Promise<number> {
  return (await inspectFile(source, file, file.header.firstBatch, () => {})).end;
}

async function problemOf(
  repository: Repository,
  manifest: Manifest,
  options: BackupOptions,
): Promise<HoldfastError | undefined> {
  try {
    await checkBackup(repository, "the copy", manifest, options);
    return undefined;
  } catch (error) {
    if (isHoldfastError(error, "StoreDamaged") && error.details.reason !== "key") return error;
    throw error;
  }
}
