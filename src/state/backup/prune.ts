import { type Keep, kept } from "./keep.js";
import type { Manifest } from "./manifest.js";
import type { Repository } from "./repository.js";

export interface Pruned {
  /** Names of the manifests that went. */
  readonly removed: readonly string[];
  readonly freedBytes: number;
  /** Manifests that cannot be read: nothing that they may need is removed. */
  readonly unreadable: readonly Error[];
}

/**
 * Removes what a policy does not keep, then the pieces that no backup needs any more. A manifest goes before its pieces, so that
 * whatever is listed is whole. A backup that cannot be read does not count for the policy: only good ones do. It stays, and
 * while it is there no piece goes, since nobody knows which are its.
 */
export async function prune(repository: Repository, keep: Keep | undefined): Promise<Pruned> {
  const good: { name: string; number: number; at: number; manifest: Manifest }[] = [];
  const unreadable: Error[] = [];
  for (const name of await repository.names()) {
    try {
      const manifest = await repository.manifest(name);
      good.push({ name, number: manifest.number, at: manifest.at, manifest });
    } catch (error) {
      unreadable.push(error as Error);
    }
  }
  const staying = keep ? kept(good, keep) : new Set(good);
  const going = good.filter((backup) => !staying.has(backup));
  for (const { name } of going) await repository.remove(name);
  const needed = new Set([...staying].flatMap(({ manifest }) => manifest.files.flatMap(({ parts }) => parts)));
  const freedBytes = unreadable.length === 0 ? await repository.collect(needed) : 0;
  return { removed: going.map(({ name }) => name), freedBytes, unreadable };
}
