import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { Disk, DiskLock } from "../disk/disk.js";
import { FolderDisk } from "../disk/folder-disk.js";
import { claimSet } from "./claim-set.js";
import { isOfProcess, type Member } from "./member.js";
import { lookAtSet, type OpenedSet, parityOf } from "./open-set.js";
import type { RedundancyNews } from "./redundancy-news.js";
import { eachOnce } from "./redundant-options.js";
import { scrubFiles } from "./scrub-files.js";
import type { ScrubProgress, ScrubReport } from "./scrub-report.js";

export interface ScrubOptions {
  /** Writes anew what is damaged, and rebuilds disks that missed writes or are empty. Nobody else may have the set open. */
  readonly repair?: boolean;
  readonly onProgress?: (progress: ScrubProgress) => void;
  /** Hears of disks that are left out or rebuilt, and of repairs. */
  readonly tell?: (news: RedundancyNews) => void;
}

const known: KeysOf<ScrubOptions> = { repair: true, onProgress: true, tell: true };

/**
 * Reads everything that the disks of a set have, and checks it; with `repair` what is damaged is made again from the rest.
 * Without, it may be done while the set is in use.
 * @param where the folders of the set, all of them, in any order
 * @throws HoldfastError InvalidSpec where the disks are not those of one set; StoreInUse; StoreDamaged where so many disks have
 * not everything that nothing can be believed. What of a file is lost is in the report
 * @example
 * import { isClean, scrub } from "holdfast/state";
 *
 * const report = await scrub(["/sd1/state", "/sd2/state", "/sd3/state"], { repair: true });
 * if (!isClean(report)) console.error(report.findings, report.lost, report.disks);
 */
export async function scrub(where: readonly (string | Disk)[], options: ScrubOptions = {}): Promise<ScrubReport> {
  onlyKnownKeys(options, known, "scrub()");
  if (!Array.isArray(where) || where.length === 0 || where.includes("")) {
    throw new HoldfastError(
      "InvalidSpec",
      `scrub(${shown(where)}): give all folders of the set, scrub(["/sd1/state", "/sd2/state"])`,
      { details: { field: "scrub()" } },
    );
  }
  const disks: Disk[] = where.map((one) => (typeof one === "string" ? new FolderDisk(one) : one));
  eachOnce(disks);
  const { repair = false, onProgress = () => {}, tell = () => {} } = options;
  const parity = await parityOf(disks);
  const alone = <T>(_: string, act: () => Promise<T>) => act();
  if (!repair) {
    const set = await lookAtSet(disks, parity);
    const inSync = set?.inSync ?? [];
    const result = await scrubFiles({ members: inSync, repair, sealedOnly: false, isShared: true, alone, onProgress });
    return { ...result, disks: statesOf(disks, inSync, set) };
  }
  const locks: DiskLock[] = [];
  try {
    // One after the other, so that what was taken is known when one is refused.
    for (const disk of disks) locks.push(...(await lockOf(disk)));
    const members = await claimSet(disks, { parity, degraded: "go-on", tell });
    const result = await scrubFiles({
      members: members.inSync,
      repair,
      sealedOnly: false,
      alone,
      onProgress,
    });
    return { ...result, disks: statesOf(disks, members.inSync, await lookAtSet(disks, parity)) };
  } finally {
    await Promise.all(locks.map((lock) => lock.release()));
  }
}

function statesOf(disks: readonly Disk[], inSync: readonly Member[], set: OpenedSet | undefined): ScrubReport["disks"] {
  return disks.map((disk) => {
    if (inSync.some((member) => member.disk === disk)) return { disk: disk.about, state: "in sync" };
    const isAway = set?.away.some(({ about }) => about === disk.about);
    return { disk: disk.about, state: isAway ? "away" : "outdated" };
  });
}

/** A disk that is away has no owner. */
async function lockOf(disk: Disk): Promise<DiskLock[]> {
  try {
    return [await disk.lock()];
  } catch (error) {
    if (error instanceof HoldfastError || isOfProcess(error)) throw error;
    return [];
  }
}
