import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Reading } from "../reading.js";
import type { Source } from "../source.js";

/** What is used of a disk, as `df` tells it: what is kept for root alone is neither used nor free. */
export function diskReadings(
  of: string,
  { bsize, blocks, bfree, bavail }: Pick<StatsFs, "bsize" | "blocks" | "bfree" | "bavail">,
): readonly Reading[] {
  const used = blocks - bfree;
  if (used + bavail <= 0) return [];
  return [
    { name: "disk", of, unit: "%", value: (used / (used + bavail)) * 100 },
    { name: "disk-free", of, unit: "bytes", value: bavail * bsize },
  ];
}

/** The disk on which a folder is. */
export function diskSource(folder: string): Source {
  let why: string | undefined;
  return {
    every: 5,
    names: ["disk", "disk-free"],
    of: folder,
    async read() {
      try {
        const readings = diskReadings(folder, await statfs(folder));
        why = readings.length === 0 ? "its file system tells no size" : undefined;
        return readings;
      } catch (error) {
        why = (error as Error).message;
        return [];
      }
    },
    absent: () => why,
  };
}
