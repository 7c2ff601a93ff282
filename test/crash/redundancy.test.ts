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

/** Few: every disk that is opened costs some ms, and each batch brings hundreds. */
const sessions: readonly Session[] = [{ batches: 1, end: "kill" }, { batches: 1 }];

describe("a redundant disk whose power is cut", () => {
  it("holds what was acknowledged, wherever it is cut", async () => {
    const { log } = await play({ store: filesOn(2, 1), seed: 3, sessions, ...sizes });
    const { problems, disks } = await judge(log, filesOn(2, 1), { enough: 1, torn: 1 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(100);
  });

  it("holds it though one of three disks does not come back after the cut", async () => {
    const founded = await play({ store: filesOn(3, 1), seed: 4, sessions: [{ batches: 0 }] });
    const disk = new SimDisk(founded.image());
    const { log } = await play({ store: filesOn(3, 1), seed: 4, sessions: [{ batches: 1 }], disk, ...sizes });
    const { problems, disks } = await judge(log, filesOn(3, 1, 1), { enough: 1, torn: 1 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(100);
  });
});
