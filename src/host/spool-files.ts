import { closeSync, ftruncateSync, openSync, readSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { realClock } from "../clock.js";
import { SPOOL_SHARE } from "../defaults.js";
import { type SpoolFile, SpoolReader, SpoolWriter } from "../transport/spool.js";
import { SpooledArrays } from "../transport/spool-link.js";

/** Both ways between a parent and its child, and how many bytes each may hold. */
export interface SpoolFiles {
  readonly toHost: number;
  readonly toParent: number;
  readonly bytes: number;
}

/**
 * Makes the files of one child. Nobody else finds them: they have no name any more, and end with the two processes that have
 * them open.
 * @param path where a name is free, beside the child's control file
 * @returns undefined where there is no memory for files, none is to be used, or none can be opened
 */
export function openSpools(path: string, mostBytes: number): SpoolFiles | undefined {
  if (!path.startsWith("/dev/shm/")) return undefined;
  const { bavail, bsize } = statfsSync(dirname(path));
  const bytes = Math.min(mostBytes, Math.floor(bavail * bsize * SPOOL_SHARE));
  if (bytes === 0) return undefined;
  const toHost = nameless(`${path}.in`);
  if (toHost === undefined) return undefined;
  const toParent = nameless(`${path}.out`);
  if (toParent !== undefined) return { toHost, toParent, bytes };
  closeSync(toHost);
  return undefined;
}

/** The parent's end. */
export interface ParentSpools {
  readonly arrays: SpooledArrays;
  close(): void;
}

export function parentSpools({ toHost, toParent, bytes }: SpoolFiles): ParentSpools {
  const arrays = new SpooledArrays(
    new SpoolWriter(spoolFile(toHost), bytes, realClock),
    new SpoolReader(spoolFile(toParent)),
  );
  return {
    arrays,
    close() {
      arrays.close();
      closeSync(toHost);
      closeSync(toParent);
    },
  };
}

export function spoolFile(file: number): SpoolFile {
  return {
    write(bytes, at) {
      try {
        return writeSync(file, bytes, 0, bytes.length, at) === bytes.length;
      } catch {
        // No room is left where it lies.
        return false;
      }
    },
    read: (bytes, at) => readSync(file, bytes, 0, bytes.length, at) === bytes.length,
    cut: (bytes) => ftruncateSync(file, bytes),
  };
}

/** Undefined where no file can be had: the process may have too many open, and the channel does without. */
function nameless(path: string): number | undefined {
  try {
    const file = openSync(path, "wx+", 0o600);
    rmSync(path);
    return file;
  } catch {
    return undefined;
  }
}
