import type { Disk } from "../disk/disk.js";

/** One disk of a redundant set, at its place: which shard of every object is its own. */
export interface Member {
  readonly index: number;
  readonly disk: Disk;
}

/** What lies on a disk for one logical file `path`. */
export const suffixes = {
  /** All of it, while it grows. */
  copy: ".copy",
  /** One shard of it, once it is sealed. */
  shard: ".shard",
  /** Either, while it is written: not believed by itself. */
  copyDraft: ".copy~",
  shardDraft: ".shard~",
  /** A shard of what was removed: the removal is finished where it was interrupted. */
  gone: ".gone",
} as const;

/** The file's folder, "" for the disk's own. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** "ENOENT" and the like; undefined for what is none of the system's errors. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** What `act` gives; undefined where the file is not there. */
export async function ifThere<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** What a process has used up says nothing about a disk. */
export function isOfProcess(error: unknown): boolean {
  return ["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"].includes(systemCode(error) ?? "");
}
