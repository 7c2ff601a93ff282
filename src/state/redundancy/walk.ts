import type { Disk } from "../disk/disk.js";
import { type Member, suffixes } from "./member.js";
import { SUPERBLOCK } from "./superblock.js";

/** A physical name taken apart. */
interface PhysicalName {
  /** The file's name in its folder; of a folder the folder's. */
  readonly name: string;
  readonly kind: keyof typeof suffixes | "folder";
}

const kinds = Object.entries(suffixes) as [keyof typeof suffixes, string][];

/** Undefined for what belongs to no file: superblocks, locks, what file systems keep. */
function physicalName(name: string): PhysicalName | undefined {
  if (name.startsWith(SUPERBLOCK) || name.startsWith("LOCK") || name.startsWith(".") || name === "lost+found") {
    return undefined;
  }
  const found = kinds.find(([, suffix]) => name.endsWith(suffix));
  return found ? { name: name.slice(0, -found[1].length), kind: found[0] } : { name, kind: "folder" };
}

export interface WalkedFolder {
  readonly path: string;
  /** Names of files, without suffix, and in which form any disk has them. */
  readonly files: ReadonlyMap<string, ReadonlySet<PhysicalName["kind"]>>;
  readonly folders: ReadonlySet<string>;
}

/** The names in one folder of all these disks together. A disk that cannot be listed has none. */
export async function namesIn(members: readonly Member[], path: string): Promise<WalkedFolder> {
  const files = new Map<string, Set<PhysicalName["kind"]>>();
  const folders = new Set<string>();
  for (const { disk } of members) {
    for (const name of await listed(disk, path)) {
      const parts = physicalName(name);
      if (parts?.kind === "folder") folders.add(parts.name);
      else if (parts) files.set(parts.name, (files.get(parts.name) ?? new Set()).add(parts.kind));
    }
  }
  return { path, files, folders };
}

/** Every folder, the outer before the inner. */
export async function* walk(members: readonly Member[], path = ""): AsyncGenerator<WalkedFolder> {
  const folder = await namesIn(members, path);
  yield folder;
  for (const name of folder.folders) yield* walk(members, joined(path, name));
}

export function joined(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

async function listed(disk: Disk, path: string): Promise<string[]> {
  try {
    return await disk.list(path);
  } catch {
    return [];
  }
}
