import { describe, expect, it } from "vitest";
import type { Disk } from "../../src/state/disk/disk.js";
import { RedundantDisk } from "../../src/state/redundancy/redundant-disk.js";
import type { Store } from "../../src/system/durable/store.js";
import { judge } from "./judge.js";
import { careful, plainJournal } from "./plain-journal.js";
import { play, type Session } from "./scenario.js";
import { SimDisk } from "./sim-disk.js";
import { slicesOf } from "./slices.js";

const sessions: readonly Session[] = [
  { batches: 6, end: "close" },
  { batches: 6, end: "kill" },
  { batches: 4 },
];

/** The smallest store that keeps its word, on a set; `lost`: a disk that is not there. */
function journalOn(count: number, parity: number, lost?: number) {
  return (disk: Disk): Store => ({
    kind: "store",
    async open(around) {
      const slices = slicesOf(disk, count).map((slice, i) => (i === lost ? away(slice) : slice));
      const set = new RedundantDisk(slices, { parity });
      if (lost === undefined) await set.makeFolder("");
      const lock = await set.lock();
      const store = await plainJournal(set, careful).open(around);
      return { ...store, about: set.about, failure: undefined, close: () => store.close().then(() => lock.release()) };
    },
  });
}

function away(disk: Disk): Disk {
  const gone = () => Promise.reject(Object.assign(new Error("ENOENT"), { code: "ENOENT" }));
  return { ...disk, list: gone, size: gone, read: gone, create: gone, open: gone, lock: gone, makeFolder: gone };
}

describe("a redundant disk whose power is cut", () => {
  it.each([
    [2, 1],
    [3, 1],
  ])("%d disks with parity %d hold what was acknowledged, wherever it is cut, and cut again", async (count, parity) => {
    const { log } = await play({ store: journalOn(count, parity), seed: 3, sessions });
    const { problems, disks } = await judge(log, journalOn(count, parity), { again: 100, enough: 1 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(500);
  });

  it.each([0, 1, 2])("holds it though disk %d does not come back after the cut", async (lost) => {
    const founded = await play({ store: journalOn(3, 1), seed: 4, sessions: [{ batches: 0 }] });
    const disk = new SimDisk(founded.image());
    const { log } = await play({ store: journalOn(3, 1), seed: 4, sessions, disk });
    const { problems, disks } = await judge(log, journalOn(3, 1, lost), { again: 100, enough: 1 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(500);
  });
});
