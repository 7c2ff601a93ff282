import { HoldfastError } from "../../errors.js";
import type { Encryption } from "../privacy/encryption.js";
import { backupDisk } from "./backup-disk.js";
import { type Inspection, inspectStore } from "./inspect-store.js";
import type { Manifest } from "./manifest.js";
import { type OnProgress, progressOf } from "./progress.js";
import type { Repository } from "./repository.js";

export interface CheckOptions {
  readonly encryption?: Encryption | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Reads all of a backup as the store that it is: every piece by its SHA-256, every record by its checksum, and that nothing is
 * missing between them.
 * @throws HoldfastError StoreDamaged; Cancelled
 */
export async function checkBackup(
  repository: Repository,
  name: string,
  manifest: Manifest,
  { encryption, signal, onProgress }: CheckOptions,
): Promise<Inspection> {
  const disk = backupDisk(repository, manifest, `${repository.about}/${name}`);
  const told = progressOf("check", manifest.files, { signal, onProgress });
  const inspection = await inspectStore(disk, { encryption, told });
  if (inspection.files === manifest.files.length && inspection.tornBytes === 0) return inspection;
  throw new HoldfastError("StoreDamaged", `${disk.about} does not end where it says`, {
    details: { file: disk.about, reason: "damage" },
  });
}

/** The name of the newest backup, other than one, that is good; undefined where none is. */
export async function newestGood(
  repository: Repository,
  except: string,
  options: CheckOptions,
): Promise<string | undefined> {
  const names = await repository.names();
  for (const name of names.reverse()) {
    if (name === except) continue;
    try {
      await checkBackup(repository, name, await repository.manifest(name), options);
      return name;
    } catch (error) {
      if (error instanceof HoldfastError && error.code === "Cancelled") throw error;
    }
  }
  return undefined;
}
