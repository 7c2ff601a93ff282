import type { Reading, ReadingName } from "./reading.js";

/** Where readings come from. What cannot be read is left out of the list, and named by `absent`. */
export interface Source {
  /** Every how many looks it is read: 1 for what costs microseconds. */
  readonly every: number;
  /** What it reads where it can. */
  readonly names: readonly ReadingName[];
  /** The folder or peer that all of them are of. */
  readonly of?: string;
  /** Reads. What it throws, or never resolves, leaves its readings out. */
  read(): readonly Reading[] | Promise<readonly Reading[]>;
  /** Why a reading of its names is not there now, in one line; undefined where it is. */
  absent?(name: ReadingName): string | undefined;
  close?(): void;
}
