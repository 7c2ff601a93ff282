import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { Disk } from "../disk/disk.js";
import { MAX_SHARDS } from "./erasure-code.js";
import type { Degraded } from "./members.js";
import type { RedundancyNews } from "./redundancy-news.js";

/** How several disks keep what one would. */
export interface RedundantOptions {
  /** Disks that may be lost without losing anything: 1 is as RAID 5, 2 as RAID 6; one less than there are disks: mirrors. */
  readonly parity: number;
  /**
   * When a disk fails while the others go on: "go-on" (default) leaves it out and tells, "refuse" fails what cannot be kept as
   * safe as it was promised, until the disk is back.
   */
  readonly degraded?: Degraded;
  /** Hears of disks that are left out or rebuilt, and of repairs. Default: nobody does. */
  readonly tell?: (news: RedundancyNews) => void;
}

export type RedundantSettings = Required<RedundantOptions>;

const known: KeysOf<RedundantOptions> = { parity: true, degraded: true, tell: true };

/** @throws HoldfastError InvalidSpec for a folder that is given twice, under whatever name */
export function eachOnce(disks: readonly Disk[]): void {
  const names = disks.map(({ about }) => about);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new HoldfastError("InvalidSpec", `${twice} is given twice: give each folder once, each on a disk of its own`, {
    details: { folder: twice },
  });
}

/** @throws HoldfastError InvalidSpec naming the option */
export function redundantSettings(disks: number, options: RedundantOptions): RedundantSettings {
  onlyKnownKeys(options, known, "redundancy");
  const { parity, degraded = "go-on", tell = () => {} } = options;
  if (disks < 2 || disks > MAX_SHARDS) {
    throw new HoldfastError(
      "InvalidSpec",
      `redundancy over ${disks} folders: give 2 to ${MAX_SHARDS}, each on a disk of its own`,
    );
  }
  if (!Number.isInteger(parity) || parity < 1 || parity >= disks) {
    throw new HoldfastError(
      "InvalidSpec",
      `parity is ${shown(parity)}: give how many of the ${disks} folders may be lost, 1 to ${disks - 1}`,
    );
  }
  if (degraded !== "go-on" && degraded !== "refuse") {
    throw new HoldfastError("InvalidSpec", `degraded is ${shown(degraded)}: give "go-on" or "refuse"`);
  }
  if (typeof tell !== "function") {
    throw new HoldfastError("InvalidSpec", `tell is ${shown(tell)}: give a function`);
  }
  return { parity, degraded, tell };
}
