import type { Disk } from "../../src/state/disk/disk.js";
import { files } from "../../src/state/files/files.js";
import { RedundantDisk } from "../../src/state/redundancy/redundant-disk.js";
import type { DiskImage } from "./disk-image.js";
import { type JudgeOptions, judge, type Verdict } from "./judge.js";
import { partOfDisk } from "./part-of-disk.js";
import { play, type Session } from "./scenario.js";
import { SimDisk } from "./sim-disk.js";
import { small } from "./small-files.js";

const cards = ["sd1", "sd2", "sd3"];

/** A store over three cards of which one may be lost, all on one power supply. */
const store = (disk: Disk) =>
  files(
    new RedundantDisk(
      cards.map((card) => partOfDisk(disk, card)),
      { parity: 1 },
    ),
    small,
  );

const sessions: readonly Session[] = [
  { batches: 15, inFlight: 6 },
  { batches: 6, end: "kill" },
  { batches: 1, end: "kill" },
  { batches: 8, inFlight: 1 },
];

/** Cuts the power of all three at once; with `lost` one of them, another each time, does not come back. */
export async function cutCards(seed: number, { lost, ...options }: JudgeOptions & { lost: boolean }): Promise<Verdict> {
  const disk = new SimDisk({ folders: new Set(["", ...cards]), files: new Map() });
  await play({ store, seed, disk, sessions });
  // The cards are a set once the store was open: before, one that is missing cannot be done without.
  const from = disk.log.promised[1]!.at;
  return judge(disk.log, store, { ...options, ...(lost && { meanwhile: withoutOne, from }) });
}

function withoutOne({ folders, files: all }: DiskImage, number: number): DiskImage {
  const gone = cards[number % cards.length]!;
  const kept = (path: string) => path !== gone && !path.startsWith(`${gone}/`);
  return { folders: new Set([...folders].filter(kept)), files: new Map([...all].filter(([path]) => kept(path))) };
}
