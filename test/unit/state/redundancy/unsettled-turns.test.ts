import { describe, expect, it } from "vitest";
import { lookAtSet } from "../../../../src/state/redundancy/open-set.js";
import type { RedundancyNews } from "../../../../src/state/redundancy/redundancy-news.js";
import { RedundantDisk } from "../../../../src/state/redundancy/redundant-disk.js";
import { failure, MemoryDisk } from "./memory-disk.js";

async function opened(disks: readonly MemoryDisk[]) {
  const news: RedundancyNews[] = [];
  const disk = new RedundantDisk(disks, { parity: 1, tell: (one) => news.push(one) });
  const lock = await disk.lock();
  return { disk, news, lock };
}

/** What was acknowledged: a growing file, a file that was replaced and a sealed one. */
async function change(disk: RedundantDisk, round: number): Promise<void> {
  const file = await disk.create(`journal-${round}`);
  await file.append([Buffer.from(`journal ${round}`)]);
  await file.sync();
  await file.close();
  await disk.syncFolder("");
  const bytes = Buffer.from(`checkpoint ${round}`);
  await disk.write("checkpoint", { size: bytes.length, read: async (from, n) => bytes.subarray(from, from + n) });
}

async function expectRound(disks: readonly MemoryDisk[], round: number, what: string): Promise<void> {
  const set = await opened(disks).catch((error: Error) => expect.fail(`${what}: ${error.message}`));
  expect(Buffer.from(await set.disk.read("checkpoint", 0, 99)).toString(), what).toBe(`checkpoint ${round}`);
  for (let i = 1; i <= round; i++) {
    expect(Buffer.from(await set.disk.read(`journal-${i}`, 0, 99)).toString(), what).toBe(`journal ${i}`);
  }
  await set.lock.release();
}

/** However it went: all disks open with everything, and so does every two of three that count as in sync. */
async function expectKept(disks: readonly MemoryDisk[], told: string, round: number, what: string): Promise<void> {
  const set = await lookAtSet(disks, 1);
  for (const { disk } of set!.outdated) expect(told, what).toContain(`${disk.about} `);
  await expectRound(
    disks.map((disk) => disk.copy()),
    round,
    what,
  );
  for (const lost of disks) {
    if (set!.outdated.some(({ disk }) => disk !== lost)) continue;
    const left = disks.map((disk) => disk.copy());
    left[disks.indexOf(lost)]!.broken = "EIO";
    await expectRound(left, round, `${what}, without ${lost.about}`);
  }
}

/** Fails one change of one disk's superblock once, the `nth` while it is on. */
function failing(disks: readonly MemoryDisk[], whose: number, nth: number) {
  const failed = { isOn: true, count: 0 };
  disks[whose]!.onChange = (what) => {
    if (failed.isOn && what.includes("redundancy.json") && ++failed.count === nth) throw failure("EIO", what);
  };
  return failed;
}

describe("a turn that only some disks noted", () => {
  it("is replaced before anything is written: of a disk that joins", async () => {
    let failures = 0;
    for (const whose of [0, 1, 2]) {
      for (let nth = 1; nth <= 8; nth++) {
        const disks = [1, 2, 3].map((i) => new MemoryDisk(`/sd${i}`));
        const first = await opened(disks);
        await change(first.disk, 1);
        await first.lock.release();
        disks[2]!.broken = "EIO";
        const second = await opened(disks);
        await change(second.disk, 2);
        await second.lock.release();
        disks[2]!.broken = undefined;
        const failed = failing(disks, whose, nth);
        const third = await opened(disks);
        failed.isOn = false;
        if (failed.count >= nth) failures++;
        await change(third.disk, 3);
        await change(third.disk, 4);
        await third.lock.release();
        const told = third.news.map(({ text }) => text).join("\n");
        await expectKept(disks, told, 4, `change ${nth} of the superblock of disk ${whose + 1}`);
      }
    }
    expect(failures).toBeGreaterThan(10);
  });

  it("is replaced before anything is written: of a disk that is left out", async () => {
    for (const whose of [0, 1]) {
      for (let nth = 1; nth <= 4; nth++) {
        const disks = [1, 2, 3].map((i) => new MemoryDisk(`/sd${i}`));
        const set = await opened(disks);
        await change(set.disk, 1);
        const failed = failing(disks, whose, nth);
        disks[2]!.room = 0;
        // Of three disks two fail, so nothing was acknowledged.
        await expect(set.disk.create("journal-2")).rejects.toMatchObject({ code: expect.stringMatching(/EIO|ENOSPC/) });
        expect(failed.count).toBe(nth);
        failed.isOn = false;
        disks[2]!.room = Number.POSITIVE_INFINITY;
        await change(set.disk, 2);
        await change(set.disk, 3);
        await set.lock.release();
        const told = set.news.map(({ text }) => text).join("\n");
        await expectKept(disks, told, 3, `change ${nth} of the superblock of disk ${whose + 1}`);
      }
    }
  });
});
