import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import type { Disk } from "../../../../src/state/disk/disk.js";
import type { RedundancyNews } from "../../../../src/state/redundancy/redundancy-news.js";
import { RedundantDisk } from "../../../../src/state/redundancy/redundant-disk.js";
import { MemoryDisk } from "./memory-disk.js";

/** Every choice of `count` of 0 … n - 1. */
function choices(n: number, count: number): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: n }, (_, last) => choices(last, count - 1).map((rest) => [...rest, last])).flat();
}

function disksOf(count: number): MemoryDisk[] {
  return Array.from({ length: count }, (_, i) => new MemoryDisk(`/sd${i + 1}`));
}

function bytesOf(length: number, seed = 1): Uint8Array {
  const chance = seededChance(seed);
  return Uint8Array.from({ length }, () => Math.floor(chance() * 256));
}

async function opened(disks: readonly Disk[], parity: number, options = {}) {
  const news: RedundancyNews[] = [];
  const disk = new RedundantDisk(disks, { parity, tell: (one) => news.push(one), ...options });
  const lock = await disk.lock();
  return { disk, news, release: () => lock.release() };
}

const sealedBytes = bytesOf(300_000);
const growingBytes = bytesOf(5_000, 2);

/** A set with a sealed file and one that grows. */
async function filled(disks: readonly Disk[], parity: number): Promise<void> {
  const { disk, release } = await opened(disks, parity);
  const sealed = await disk.create("sealed");
  for (let at = 0; at < sealedBytes.length; at += 70_000) await sealed.append([sealedBytes.subarray(at, at + 70_000)]);
  await sealed.sync();
  await sealed.close();
  await disk.sealed("sealed");
  const growing = await disk.create("growing");
  await growing.append([growingBytes.subarray(0, 10), growingBytes.subarray(10, 3000)]);
  await growing.append([growingBytes.subarray(3000)]);
  await growing.sync();
  await growing.close();
  await disk.syncFolder("");
  await release();
}

async function expectAll(disk: Disk): Promise<void> {
  expect((await disk.list("")).sort()).toEqual(["growing", "sealed"]);
  for (const [path, bytes] of [
    ["sealed", sealedBytes],
    ["growing", growingBytes],
  ] as const) {
    expect(await disk.size(path)).toBe(bytes.length);
    expect(Buffer.compare(await disk.read(path, 0, bytes.length + 10), bytes)).toBe(0);
    for (const [from, length] of [
      [2990, 20],
      [4_000, 1],
    ] as const) {
      expect([...(await disk.read(path, from, length))]).toEqual([...bytes.subarray(from, from + length)]);
    }
  }
}

const sets = [
  [2, 1],
  [3, 1],
  [3, 2],
  [4, 2],
  [5, 2],
  [6, 2],
] as const;

describe("several disks as one", () => {
  it.each(sets)("%d disks with parity %d keep what is sealed and what grows", async (count, parity) => {
    const disks = disksOf(count);
    await filled(disks, parity);
    const { disk, news } = await opened(disks, parity);
    await expectAll(disk);
    expect(news).toEqual([]);
  });

  it.each(sets)("%d disks with parity %d lose nothing, whichever are lost", async (count, parity) => {
    const disks = disksOf(count);
    await filled(disks, parity);
    for (let lost = 1; lost <= parity; lost++) {
      for (const gone of choices(count, lost)) {
        const left = disks.map((disk) => disk.copy());
        for (const i of gone) left[i]!.broken = "EIO";
        // First as who only reads, then as who writes.
        await expectAll(new RedundantDisk(left, { parity }));
        const { disk, news, release } = await opened(left, parity);
        await expectAll(disk);
        expect(news.map(({ kind }) => kind)).toEqual(Array(lost).fill("disk-left-out"));
        await release();
        // New, empty ones in their place.
        for (const i of gone) left[i] = new MemoryDisk(`/new${i}`);
        const again = await opened(left, parity);
        await expectAll(again.disk);
        expect(again.news.filter(({ kind }) => kind === "disk-rebuilt")).toHaveLength(lost);
        await again.release();
        // Those are as good as the old ones: now others go.
        for (const i of choices(count, parity).find((one) => !one.some((index) => gone.includes(index))) ?? []) {
          left[i]!.broken = "EIO";
        }
        await expectAll(new RedundantDisk(left, { parity }));
      }
    }
  });

  it.each(sets)("%d disks with parity %d say so where one more is lost, and invent nothing", async (count, parity) => {
    const disks = disksOf(count);
    await filled(disks, parity);
    for (const gone of choices(count, parity + 1)) {
      const left = disks.map((disk) => disk.copy());
      for (const i of gone) left[i]!.broken = "EIO";
      const whole = new RedundantDisk(left, { parity });
      // With every disk away nothing tells a set that is lost from one that never was.
      const code = gone.length === count ? "StoreFailed" : "StoreDamaged";
      await expect(whole.read("sealed", 0, 1)).rejects.toMatchObject({ code });
      await expect(whole.list("")).rejects.toMatchObject({ code });
      await expect(whole.lock()).rejects.toMatchObject({ code });
    }
  });

  it("goes on when a disk fails while it is written, tells, and rebuilds it when it is back", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const { disk, news, release } = await opened(disks, 1);
    const file = await disk.open("growing");
    disks[1]!.broken = "EIO";
    await file.append([bytesOf(100, 3)]);
    await file.sync();
    expect(news).toMatchObject([{ kind: "disk-left-out", disk: "/sd2", left: 2 }]);
    await file.append([bytesOf(50, 4)]);
    await file.sync();
    await file.close();
    expect(news).toHaveLength(1);
    await release();

    disks[1]!.broken = undefined;
    const grown = Buffer.concat([growingBytes, bytesOf(100, 3), bytesOf(50, 4)]);
    // Old, and not believed: the reader does not ask it.
    const reader = new RedundantDisk(disks, { parity: 1 });
    expect(Buffer.compare(await reader.read("growing", 0, 9999), grown)).toBe(0);
    const again = await opened(disks, 1);
    expect(again.news).toMatchObject([{ kind: "disk-rebuilt", disk: "/sd2", left: 3 }]);
    disks[0]!.broken = "EIO";
    expect(Buffer.compare(await again.disk.read("growing", 0, 9999), grown)).toBe(0);
  });

  it("never believes a disk that missed writes over one that did not", async () => {
    const disks = disksOf(2);
    await filled(disks, 1);
    const { disk, release } = await opened(disks, 1);
    const file = await disk.open("growing");
    disks[0]!.broken = "EIO";
    await file.append([Buffer.from("only on the second")]);
    await file.sync();
    await release();
    disks[0]!.broken = undefined;
    const back = await opened(disks, 1);
    expect(Buffer.from(await back.disk.read("growing", growingBytes.length, 99)).toString()).toBe("only on the second");
  });

  it("refuses two disks that were used without each other", async () => {
    const disks = disksOf(2);
    await filled(disks, 1);
    for (const alone of [0, 1]) {
      disks[1 - alone]!.broken = "EIO";
      const { disk, release } = await opened(disks, 1);
      const file = await disk.open("growing");
      await file.append([Buffer.from(`alone ${alone}`)]);
      await file.sync();
      await release();
      disks[1 - alone]!.broken = undefined;
    }
    await expect(opened(disks, 1)).rejects.toMatchObject({
      code: "StoreDamaged",
      message: expect.stringContaining("used without each other"),
    });
  });

  it("fails the write, and no disk, where none of them takes it", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const { disk, news } = await opened(disks, 1);
    const file = await disk.open("growing");
    for (const one of disks) one.room = 70;
    await expect(file.append([bytesOf(100, 3)])).rejects.toMatchObject({ code: "ENOSPC" });
    await file.truncate(growingBytes.length);
    for (const one of disks) one.room = 1000;
    await file.append([bytesOf(40, 4)]);
    await file.sync();
    expect(news).toEqual([]);
    const grown = Buffer.concat([growingBytes, bytesOf(40, 4)]);
    expect(Buffer.compare(await disk.read("growing", 0, 9999), grown)).toBe(0);
  });

  it("leaves out the one disk that is full", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const { disk, news } = await opened(disks, 1);
    const file = await disk.open("growing");
    disks[2]!.room = 10;
    await file.append([bytesOf(100, 3)]);
    await file.sync();
    expect(news).toMatchObject([{ kind: "disk-left-out", disk: "/sd3" }]);
    expect(news[0]!.text).toContain("ENOSPC");
    expect((await disk.read("growing", 0, 9999)).length).toBe(growingBytes.length + 100);
  });

  it("refuses what cannot be kept as safe as promised, where that is asked for", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const { disk, release } = await opened(disks, 1, { degraded: "refuse" });
    const file = await disk.open("growing");
    disks[1]!.broken = "EIO";
    await expect(file.append([bytesOf(100, 3)])).rejects.toMatchObject({ code: "EIO" });
    disks[1]!.broken = undefined;
    await file.append([bytesOf(100, 3)]);
    await release();
    disks[1]!.broken = "EIO";
    await expect(opened(disks, 1, { degraded: "refuse" })).rejects.toMatchObject({ code: "StoreFailed" });
  });

  it("cuts a growing file anywhere, and goes on there", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const { disk, release } = await opened(disks, 1);
    let expected = Buffer.from(growingBytes);
    const chance = seededChance(11);
    const file = await disk.open("growing");
    for (let round = 0; round < 60; round++) {
      const size = Math.floor(chance() * (expected.length + 1));
      await file.truncate(size);
      const more = bytesOf(Math.floor(chance() * 400), round);
      await file.append([more]);
      expected = Buffer.concat([expected.subarray(0, size), more]);
      expect(Buffer.compare(await disk.read("growing", 0, 99_999), expected)).toBe(0);
    }
    await file.sync();
    await release();
    disks[0]!.broken = "EIO";
    expect(Buffer.compare(await new RedundantDisk(disks, { parity: 1 }).read("growing", 0, 99_999), expected)).toBe(0);
  });

  it("renames over what was there, sealed or not, and removes", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const { disk, release } = await opened(disks, 1);
    for (const to of ["growing", "sealed"]) {
      const file = await disk.create("draft");
      await file.append([Buffer.from(`new ${to}`)]);
      await file.close();
      await disk.rename("draft", to);
      expect(Buffer.from(await disk.read(to, 0, 99)).toString()).toBe(`new ${to}`);
    }
    await disk.sealed("sealed");
    await disk.remove("sealed");
    await expect(disk.read("sealed", 0, 1)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await disk.list("")).toEqual(["growing"]);
    await disk.remove("growing");
    await release();
    for (const one of disks) expect([...one.files.keys()]).toEqual(["redundancy.json"]);
    await expect(disk.create("x")).rejects.toThrow("without its lock");
  });

  it("refuses a name that is taken, and a file that is not there", async () => {
    const disks = disksOf(2);
    await filled(disks, 1);
    const { disk } = await opened(disks, 1);
    await expect(disk.create("sealed")).rejects.toMatchObject({ code: "EEXIST" });
    await expect(disk.create("growing")).rejects.toMatchObject({ code: "EEXIST" });
    await expect(disk.open("nothing")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(disk.size("nothing")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(disk.open("sealed")).rejects.toThrow("does not change");
  });

  it("is opened by one only", async () => {
    const disks = disksOf(3);
    const first = await opened(disks, 1);
    await expect(opened(disks, 1)).rejects.toMatchObject({ code: "StoreInUse" });
    await first.release();
    await (await opened(disks, 1)).release();
  });

  it("takes its disks in any order", async () => {
    const disks = disksOf(4);
    await filled(disks, 2);
    await expectAll((await opened([disks[2]!, disks[0]!, disks[3]!, disks[1]!], 2)).disk);
  });

  it("keeps folders", async () => {
    const disks = disksOf(3);
    const { disk, release } = await opened(disks, 1);
    await disk.makeFolder("models");
    const file = await disk.create("models/digits.onnx");
    await file.append([sealedBytes]);
    await file.close();
    await disk.sealed("models/digits.onnx");
    await release();
    disks[1] = new MemoryDisk("/new");
    const again = await opened(disks, 1);
    expect(await again.disk.list("")).toEqual(["models"]);
    expect(await again.disk.list("models")).toEqual(["digits.onnx"]);
    disks[0]!.broken = "EIO";
    expect(Buffer.compare(await again.disk.read("models/digits.onnx", 0, 999_999), sealedBytes)).toBe(0);
  });

  it.each([
    ["one folder", 1, { parity: 1 }],
    ["no parity", 3, { parity: 0 }],
    ["as much parity as folders", 3, { parity: 3 }],
    ["another number of disks", 4, { parity: 1 }],
    ["another parity", 3, { parity: 2 }],
    ["a word that is none", 3, { parity: 1, degraded: "perhaps" }],
    ["an option that is none", 3, { parity: 1, mirror: true }],
  ])("refuses %s", async (_, count, options) => {
    const disks = disksOf(3);
    await filled(disks, 1);
    const given = [...disks, new MemoryDisk("/sd4")].slice(0, count);
    await expect((async () => new RedundantDisk(given, options as never).lock())()).rejects.toMatchObject({
      code: "InvalidSpec",
    });
  });

  it("refuses a folder with files of something else", async () => {
    const disks = disksOf(3);
    disks[1]!.files.set("holiday.jpg", { bytes: Buffer.from("…") });
    await expect(opened(disks, 1)).rejects.toMatchObject({ code: "InvalidSpec", details: { file: "holiday.jpg" } });
  });

  it("does not begin anew where no folder can tell what its files are", async () => {
    const disks = disksOf(3);
    await filled(disks, 1);
    for (const disk of disks) disk.files.delete("redundancy.json");
    await expect(opened(disks, 1)).rejects.toMatchObject({ code: "StoreDamaged" });
  });
});
