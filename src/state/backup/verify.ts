import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { storeNames } from "../files/file-names.js";
import { type CheckOptions, checkBackup } from "./check-backup.js";
import { diskAt, type Place } from "./disk-at.js";
import { inspectStore } from "./inspect-store.js";
import { progressOf } from "./progress.js";
import { idOf, Repository } from "./repository.js";
import { tryAgainWhileItChanges } from "./while-it-changes.js";

export type VerifyOptions = CheckOptions;

/** What was found of a store, or of one backup. */
export interface Verified {
  readonly what: "store" | "backup";
  /** Of the backup. */
  readonly id: string | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  /** Whether every record was read: it is not sealed, or its key was given. Else its checksum was. */
  readonly opened: boolean;
  /** Bytes at the end of a store that are no whole record: being written just now, or torn by a power cut and cut off at the next opening. */
  readonly tornBytes: number;
  /** What is damaged; undefined where nothing is. */
  readonly problem: Error | undefined;
}

/**
 * Reads every byte of a store, or of all backups in a folder, and says what is damaged. Nothing is changed; the store may be in
 * use.
 * @param folder of a store or of backups; or its disk
 * @returns one for a store, or one for each backup, the oldest first
 * @throws HoldfastError InvalidSpec: there is neither; Cancelled
 * @example
 * import { verify } from "holdfast/state";
 * const damaged = (await verify("/mnt/backups")).filter(({ problem }) => problem);
 */
export async function verify(folder: Place, options: VerifyOptions = {}): Promise<Verified[]> {
  const disk = await diskAt(folder);
  const repository = new Repository(disk);
  const backups = await repository.names();
  if (backups.length > 0) {
    const verified: Verified[] = [];
    for (const name of backups) {
      const one = await verifyBackup(repository, name, options);
      if (one) verified.push(one);
    }
    return verified;
  }
  const { journals, checkpoints } = storeNames(await namesIn(disk));
  if (journals.length + checkpoints.length > 0) return [await verifyStore(disk, options)];
  throw new HoldfastError("InvalidSpec", `${disk.about} has neither a store nor backups in it`);
}

async function verifyStore(disk: Disk, options: VerifyOptions): Promise<Verified> {
  return found("store", undefined, () =>
    tryAgainWhileItChanges(disk, () => {
      let told: ((bytes: number) => void) | undefined;
      return inspectStore(disk, {
        encryption: options.encryption,
        listed: (files) => {
          told = progressOf(
            "check",
            files.map(({ end }) => ({ bytes: end })),
            options,
          );
        },
        told: (bytes) => told?.(bytes),
      });
    }),
  );
}

/** @returns undefined for one that a policy removed meanwhile */
async function verifyBackup(
  repository: Repository,
  name: string,
  options: VerifyOptions,
): Promise<Verified | undefined> {
  const one = await found("backup", idOf(name), async () =>
    checkBackup(repository, name, await repository.manifest(name), options),
  );
  return one.problem && !(await repository.names()).includes(name) ? undefined : one;
}

async function found(
  what: Verified["what"],
  id: string | undefined,
  inspect: () => ReturnType<typeof inspectStore>,
): Promise<Verified> {
  try {
    return { what, id, ...(await inspect()), problem: undefined };
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "Cancelled") throw error;
    const problem = error as Error;
    return { what, id, files: 0, bytes: 0, records: 0, opened: false, tornBytes: 0, problem };
  }
}

async function namesIn(disk: Disk): Promise<string[]> {
  return disk.list("").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
}
