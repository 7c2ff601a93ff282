import type { Disk } from "../disk/disk.js";
import { COPY_ATTEMPTS } from "./backup-options.js";

/**
 * Reads a store that may be in use. A checkpoint takes the place of journals while they are read: then they are missing, or
 * what was listed does not fit together, and reading starts over. What is wrong while nothing comes or goes is wrong.
 */
export async function tryAgainWhileItChanges<T>(disk: Disk, read: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const before = await listing(disk);
    try {
      return await read(attempt);
    } catch (error) {
      if (attempt === COPY_ATTEMPTS || before === (await listing(disk))) throw error;
    }
  }
}

async function listing(disk: Disk): Promise<string> {
  const names = await disk.list("").catch((error: Error) => [error.message]);
  return names.sort().join();
}
