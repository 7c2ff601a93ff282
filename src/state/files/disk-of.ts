import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { StoreNews, StoreSurroundings } from "../../system/durable/store.js";
import type { Disk } from "../disk/disk.js";
import { FolderDisk } from "../disk/folder-disk.js";
import type { RedundancyNews } from "../redundancy/redundancy-news.js";
import { RedundantDisk } from "../redundancy/redundant-disk.js";
import { eachOnce, redundantSettings } from "../redundancy/redundant-options.js";
import type { FilesOptions } from "./files-options.js";

/** What `files()` was given. */
export interface DiskOf {
  /** One, or those that are kept as one. */
  readonly folders: readonly Disk[];
  /** The disk for a store that is opened. */
  on(around: StoreSurroundings): Disk;
}

/** @throws HoldfastError InvalidSpec */
export function diskOf(where: string | readonly string[] | Disk, { parity, degraded }: FilesOptions): DiskOf {
  if (isList(where)) {
    if (!where.every(isFolder)) throw invalid(where);
    return several(where, { parity: parity ?? 1, ...(degraded === undefined ? {} : { degraded }) });
  }
  if (parity !== undefined || degraded !== undefined) {
    const field = `files().${parity === undefined ? "degraded" : "parity"}`;
    throw new HoldfastError(
      "InvalidSpec",
      `${field} is for several folders: files(["/sd1/state", "/sd2/state"], { parity: 1 })`,
      { details: { field } },
    );
  }
  if (isFolder(where)) return one(new FolderDisk(where));
  if (typeof where === "object" && where !== null && typeof where.lock === "function") return one(where);
  throw invalid(where);
}

function one(disk: Disk): DiskOf {
  return { folders: [disk], on: () => disk };
}

function several(where: readonly string[], options: { parity: number; degraded?: "go-on" | "refuse" }): DiskOf {
  redundantSettings(where.length, options);
  const folders = where.map((folder) => new FolderDisk(folder));
  eachOnce(folders);
  return {
    folders,
    on: ({ tell }) =>
      new RedundantDisk(folders, {
        ...options,
        tell: (news) => tell(storeNews(news)),
      }),
  };
}

function storeNews(news: RedundancyNews): StoreNews {
  const { kind, text } = news;
  if (kind !== "disk-left-out") return { kind: "store-repaired", text };
  return { kind: "store-degraded", text, disk: news.disk, left: news.left };
}

function isList(where: string | readonly string[] | Disk): where is readonly string[] {
  return Array.isArray(where);
}

function isFolder(where: unknown): where is string {
  return typeof where === "string" && where !== "";
}

function invalid(where: unknown): HoldfastError {
  const message = `files(${shown(where)}): give a folder, such as files("./state"), or several`;
  return new HoldfastError("InvalidSpec", message, { details: { field: "files()" } });
}
