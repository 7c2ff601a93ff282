import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Reading } from "../reading.js";
import type { Source } from "../source.js";

/** Files and folders that are looked at at most: a look takes some 20 us of other threads for each. */
export const MOST_FILES = 100_000;

/** Growth is told over so long, ms: files that come and go within it are not growth. */
const GROWTH_OVER_MS = 600_000;

const HOUR_MS = 3_600_000;

/** A size at a moment, bytes and ms. */
export interface Size {
  readonly at: number;
  readonly bytes: number;
}

/** Bytes an hour between the first and the last of these sizes; undefined where no time lies between them. */
export function growthOf(sizes: readonly Size[]): number | undefined {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (!first || !last || last.at <= first.at) return undefined;
  return ((last.bytes - first.bytes) / (last.at - first.at)) * HOUR_MS;
}

/** The size of a folder's files, those of the folders in it included, and how fast it grows. Links are not followed. */
export function folderSource(folder: string, now: () => number = () => performance.now()): Source {
  let sizes: Size[] = [];
  let why: string | undefined;
  return {
    every: 30,
    names: ["folder", "folder-growth"],
    of: folder,
    async read() {
      try {
        const bytes = await sizeOf(folder);
        const at = now();
        sizes = [...sizes.filter((size) => at - size.at <= GROWTH_OVER_MS), { at, bytes }];
        why = undefined;
        const growth = growthOf(sizes);
        const readings: Reading[] = [{ name: "folder", of: folder, unit: "bytes", value: bytes }];
        if (growth !== undefined) readings.push({ name: "folder-growth", of: folder, unit: "bytes/h", value: growth });
        return readings;
      } catch (error) {
        why = (error as Error).message;
        return [];
      }
    },
    absent: () => why,
  };
}

async function sizeOf(root: string): Promise<number> {
  let bytes = 0;
  let files = 0;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const below = await opendir(folder).catch((error: unknown) => {
      // One that has gone since it was seen holds nothing.
      if (folder === root) throw error;
    });
    for await (const entry of below ?? []) {
      if (++files > MOST_FILES) throw new Error(`${root} has more than ${MOST_FILES} files: it is not measured`);
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
    }
  }
  return bytes;
}
