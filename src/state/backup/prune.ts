import type { HoldfastError } from "../../errors.js";
import { storeFailed } from "../disk/store-failed.js";
import { type Keep, kept } from "./keep.js";
import type { Manifest } from "./manifest.js";
import { idOf, type Repository } from "./repository.js";

export interface Pruned {
  /** Ids of the backups that went. */
  readonly removed: readonly string[];
  readonly freedBytes: number;
  /** Manifests that cannot be read: nothing that they may need is removed. Or what kept others from being removed. */
  readonly problems: readonly HoldfastError[];
}

/**
 * Removes what a policy does not keep, then the pieces that no backup needs any more. A manifest goes before its pieces, so that
 * whatever is listed is whole. A backup that cannot be read does not count for the policy: only good ones do. It stays, and
 * while it is there no piece goes, since nobody knows which are its.
 */
export async function prune(repository: Repository, keep: Keep | undefined): Promise<Pruned> {
  const good: { name: string; number: number; at: number; manifest: Manifest }[] = [];
  const problems: HoldfastError[] = [];
  const removed: string[] = [];
  let freedBytes = 0;
  const failing = (error: unknown) => problems.push(storeFailed(repository.about, "look after its backups", error));
  try {
    for (const name of await repository.names()) {
      await repository
        .manifest(name)
        .then((manifest) => good.push({ name, number: manifest.number, at: manifest.at, manifest }), failing);
    }
    const staying = keep ? kept(good, keep) : new Set(good);
    for (const backup of good) {
      if (staying.has(backup)) continue;
      await repository.remove(backup.name);
      removed.push(idOf(backup.name));
    }
    const needed = new Set([...staying].flatMap(({ manifest }) => manifest.files.flatMap(({ parts }) => parts)));
    if (problems.length === 0) freedBytes = await repository.collect(needed);
  } catch (error) {
    // The new backup is there all the same, and the next one tries again.
    failing(error);
  }
  return { removed, freedBytes, problems };
}
