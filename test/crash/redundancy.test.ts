import { describe, expect, it } from "vitest";
import type { Disk } from "../../src/state/disk/disk.js";
import { files } from "../../src/state/files/files.js";
import { RedundantDisk } from "../../src/state/redundancy/redundant-disk.js";
import { judge } from "./judge.js";
import { play, type Session } from "./scenario.js";
import { SimDisk } from "./sim-disk.js";
import { slicesOf } from "./slices.js";

/** Small files, so that some are sealed and some removed. */
const options = { segmentBytes: 1024, checkpointBytes: 2048 };
const sizes = { bytes: 700, entities: 2 };

/** The store in files, on a set; `lost`: a disk that is not there. */
function filesOn(count: number, parity: number, lost?: number) {
  return (disk: Disk) => {
    const slices = slicesOf(disk, count).map((slice, i) => (i === lost ? away(slice) : slice));
    return files(new RedundantDisk(slices, { parity }), options);
  };
}

function away(disk: Disk): Disk {
  const gone = () => Promise.reject(Object.assign(new Error("ENOENT"), { code: "ENOENT" }));
  return { ...disk, list: gone, size: gone, read: gone, create: gone, open: gone, lock: gone, makeFolder: gone };
}

const sessions: readonly Session[] = [{ batches: 2, end: "kill" }, { batches: 3 }];

/** Every disk that is opened costs some ms: all of it is for the proofs. */
const isProof = process.env.HOLDFAST_PROOF === "1";
const some: readonly Session[] = [{ batches: 1, end: "kill" }, { batches: 1 }];
const sets = isProof
  ? ([
      [2, 1],
      [3, 1],
      [3, 2],
      [4, 2],
    ] as const)
  : ([[2, 1]] as const);

describe("a redundant disk whose power is cut", () => {
  it.each(sets)("%d disks with parity %d hold what was acknowledged, wherever it is cut", async (count, parity) => {
    const { log } = await play({
      store: filesOn(count, parity),
      seed: 3,
      sessions: isProof ? sessions : some,
      ...sizes,
    });
    const again = isProof ? 400 : 0;
    const { problems, disks } = await judge(log, filesOn(count, parity), { again, enough: 1, torn: 1 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(100);
  });

  it.each(isProof ? [0, 1, 2] : [1])("hold it though disk %d does not come back after the cut", async (lost) => {
    const founded = await play({ store: filesOn(3, 1), seed: 4, sessions: [{ batches: 0 }] });
    const disk = new SimDisk(founded.image());
    const few = isProof ? sessions : [{ batches: 1 }];
    const { log } = await play({ store: filesOn(3, 1), seed: 4, sessions: few, disk, ...sizes });
    const { problems, disks } = await judge(log, filesOn(3, 1, lost), { enough: 1, torn: 1 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(100);
  });
});
