import { describe, expect, it } from "vitest";
import type { DiskFile } from "../../../../src/state/disk/disk.js";
import { RedundantDisk } from "../../../../src/state/redundancy/redundant-disk.js";
import { scrub } from "../../../../src/state/redundancy/scrub.js";
import { MemoryDisk } from "./memory-disk.js";

const bytes = Buffer.alloc(200, 7);

/** A set with a file that grows, and its writer. */
async function inUse(): Promise<{ disks: MemoryDisk[]; set: RedundantDisk; file: DiskFile }> {
  const disks = [1, 2, 3].map((i) => new MemoryDisk(`/sd${i}`));
  const set = new RedundantDisk(disks, { parity: 1 });
  await set.lock();
  const file = await set.create("growing");
  await file.append([bytes]);
  await file.sync();
  return { disks, set, file };
}

const changes: Record<string, (set: RedundantDisk, file: DiskFile) => Promise<void>> = {
  "is removed": (set) => set.remove("growing"),
  "is sealed": (set) => set.sealed("growing"),
  "is replaced": (set) => set.write("growing", { size: 200, read: async (from, n) => bytes.subarray(from, from + n) }),
  "is given another name": (set) => set.rename("growing", "other"),
  async grows(_, file) {
    for (let i = 0; i < 2; i++) {
      await file.append([bytes]);
      await file.sync();
    }
  },
};

/** Does something right after the `nth` time that anything of the file is read or measured. */
function after(disks: readonly MemoryDisk[], nth: number, act: () => Promise<void>) {
  const seen = { count: 0 };
  const see = async (path: string) => {
    if (path.startsWith("growing.") && ++seen.count === nth) await act();
  };
  for (const disk of disks) {
    const read = disk.read.bind(disk);
    const size = disk.size.bind(disk);
    disk.read = (path, from, length) => read(path, from, length).finally(() => see(path));
    disk.size = (path) => size(path).finally(() => see(path));
  }
  return seen;
}

describe("scrub of a set in use", () => {
  it.each(Object.keys(changes))("finds nothing wrong with a file that %s meanwhile, whenever that is", async (how) => {
    for (let nth = 1, hits = true; hits; nth++) {
      const { disks, set, file } = await inUse();
      const seen = after(disks, nth, () => changes[how]!(set, file));
      const report = await scrub(disks);
      expect([report.findings, report.lost], `after ${nth}`).toEqual([[], []]);
      hits = seen.count >= nth;
      if (!hits) expect(nth).toBeGreaterThan(10);
    }
  });

  it("finds what is damaged in a file that does not stop growing", async () => {
    const { disks, file } = await inUse();
    disks[1]!.files.get("growing.copy")!.bytes[70]! ^= 1;
    const size = disks[0]!.size.bind(disks[0]);
    disks[0]!.size = async (path) => {
      await file.append([bytes]);
      return size(path);
    };
    const { findings } = await scrub(disks);
    expect(findings).toMatchObject([{ disk: "/sd2", what: "a copy is damaged at byte 36" }]);
  });

  it("counts what it read", async () => {
    const { disks, set, file } = await inUse();
    expect(await set.scrub()).toMatchObject({ files: 0, bytes: 0 });
    await file.append([bytes]);
    let copies = 0;
    for (const disk of disks) copies += disk.files.get("growing.copy")!.bytes.length;
    expect(await scrub(disks)).toMatchObject({ files: 1, bytes: copies });
  });
});
