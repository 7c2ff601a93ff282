import { diskAt, type Place } from "./disk-at.js";
import type { Manifest } from "./manifest.js";
import { idOf, Repository } from "./repository.js";

/** One backup of a folder of backups. */
export interface BackupSummary {
  /** "000042-20260501T120000Z": its number and when it was made, by the clock of that machine. */
  readonly id: string;
  readonly number: number;
  /** Milliseconds since 1970; undefined where the manifest cannot be read. */
  readonly at: number | undefined;
  /** Of the store's files, however many backups share them. */
  readonly bytes: number;
  readonly files: number;
  /** Ids of the keys it is sealed with. */
  readonly keys: readonly string[];
  /** Why its manifest cannot be read. Whether all it names is there, `verify` says. */
  readonly error: Error | undefined;
}

/**
 * The backups in a folder, the oldest first; none where the folder is empty or not there.
 * @param from a folder's path, or a disk
 * @example
 * import { listBackups } from "holdfast/state";
 * const backups = await listBackups("/mnt/backups");
 */
export async function listBackups(from: Place): Promise<BackupSummary[]> {
  const repository = new Repository(await diskAt(from));
  const summaries: BackupSummary[] = [];
  for (const name of await repository.names()) {
    const read = await repository.manifest(name).then(
      (manifest) => ({ manifest }),
      (error: Error) => ({ error }),
    );
    summaries.push("error" in read ? unreadable(name, read.error) : summaryOf(name, read.manifest));
  }
  return summaries;
}

export function summaryOf(name: string, { number, at, files, keys }: Manifest): BackupSummary {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { id: idOf(name), number, at, bytes, files: files.length, keys, error: undefined };
}

function unreadable(name: string, error: Error): BackupSummary {
  const id = idOf(name);
  return { id, number: Number.parseInt(id, 10), at: undefined, bytes: 0, files: 0, keys: [], error };
}
