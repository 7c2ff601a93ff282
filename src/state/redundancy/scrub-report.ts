/** Something that was not as it should be. */
export interface ScrubFinding {
  readonly path: string;
  /** The folder it is in. */
  readonly disk: string;
  /** "3 of 40 blocks are damaged". */
  readonly what: string;
  readonly isRepaired: boolean;
}

/** What cannot be made again. */
export interface ScrubLoss {
  readonly path: string;
  readonly what: string;
}

export interface ScrubReport {
  /** Files that were read, and bytes, of all disks together. */
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly ScrubFinding[];
  readonly lost: readonly ScrubLoss[];
  /** Of each folder. */
  readonly disks: readonly { readonly disk: string; readonly state: "in sync" | "outdated" | "away" }[];
}

export interface ScrubProgress {
  readonly path: string;
  /** Bytes that were read so far, of `total`. */
  readonly bytes: number;
  readonly total: number;
}

/** Nothing is lost, nothing damaged is left, every disk has everything. */
export function isClean({ findings, lost, disks }: ScrubReport): boolean {
  return (
    lost.length === 0 &&
    findings.every(({ isRepaired }) => isRepaired) &&
    disks.every(({ state }) => state === "in sync")
  );
}
