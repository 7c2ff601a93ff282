import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { RedundantDisk } from "../../../../src/state/redundancy/redundant-disk.js";
import { scrub } from "../../../../src/state/redundancy/scrub.js";
import { isClean } from "../../../../src/state/redundancy/scrub-report.js";
import { failure, MemoryDisk } from "./memory-disk.js";

const chance = seededChance(5);
const bytes = Uint8Array.from({ length: 150 }, () => Math.floor(chance() * 256));

/** Three disks with one sealed file and one that grows. */
async function filled(parity = 1): Promise<MemoryDisk[]> {
  const disks = [1, 2, 3].map((i) => new MemoryDisk(`/sd${i}`));
  const set = new RedundantDisk(disks, { parity });
  const lock = await set.lock();
  for (const path of ["sealed", "growing"]) {
    const file = await set.create(path);
    await file.append([bytes.subarray(0, 100)]);
    await file.append([bytes.subarray(100)]);
    await file.sync();
    await file.close();
  }
  await set.sealed("sealed");
  await lock.release();
  return disks;
}

async function expectWhole(disks: readonly MemoryDisk[]): Promise<void> {
  const set = new RedundantDisk(disks, { parity: 1 });
  for (const path of ["sealed", "growing"]) expect([...(await set.read(path, 0, 999))]).toEqual([...bytes]);
}

function contents(disks: readonly MemoryDisk[]): string[] {
  return disks.flatMap((disk) =>
    [...disk.files]
      .filter(([path]) => path !== "redundancy.json")
      .map(([path, file]) => `${path} ${file.bytes.toString("hex")}`),
  );
}

describe("scrub", () => {
  it("finds nothing where nothing is wrong, and counts what it read", async () => {
    const disks = await filled();
    const progress: number[] = [];
    const report = await scrub(disks, { onProgress: ({ bytes: read, total }) => progress.push(read / total) });
    expect(report).toMatchObject({ files: 2, findings: [], lost: [] });
    expect(report.disks.map(({ state }) => state)).toEqual(["in sync", "in sync", "in sync"]);
    expect(isClean(report)).toBe(true);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
  });

  it("finds and repairs every byte of a shard, and of a copy, that is flipped", async () => {
    const disks = await filled();
    const before = contents(disks);
    let flipped = 0;
    for (const path of ["sealed.shard", "growing.copy"]) {
      for (let at = 0; at < disks[1]!.files.get(path)!.bytes.length; at++) {
        const file = disks[at % 3]!.files.get(path)!;
        file.bytes[at]! ^= 1 << (at % 8);
        // Not believed, and no hindrance.
        await expectWhole(disks);
        const found = await scrub(disks);
        expect(found.findings, `${path} at ${at}`).toMatchObject([{ path: path.split(".")[0], isRepaired: false }]);
        expect(isClean(found)).toBe(false);
        const news: string[] = [];
        const repaired = await scrub(disks, { repair: true, tell: ({ kind }) => news.push(kind) });
        // What opening a set heals by itself is told, the rest is in the report.
        expect(repaired.findings.length + news.length, `${path} at ${at}`).toBe(1);
        expect(isClean(repaired)).toBe(true);
        expect(contents(disks)).toEqual(before);
        flipped++;
      }
    }
    expect(flipped).toBeGreaterThan(300);
  });

  it("repairs block by block: disks that are damaged at different places mend each other", async () => {
    const big = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7) & 255);
    const disks = [1, 2, 3].map((i) => new MemoryDisk(`/sd${i}`));
    const set = new RedundantDisk(disks, { parity: 1 });
    const lock = await set.lock();
    await set.write("big", { size: big.length, read: async (from, length) => big.subarray(from, from + length) });
    disks.forEach((disk, i) => {
      disk.files.get("big.shard")!.bytes[52 + 65_540 * i + 99]! ^= 64;
    });
    // While it is in use.
    expect(Buffer.compare(await set.read("big", 0, big.length), big)).toBe(0);
    const report = await set.scrub({ repair: true });
    expect(report.findings.map(({ what }) => what)).toEqual(Array(3).fill("1 of 6 blocks are damaged"));
    expect(isClean(report)).toBe(true);
    await lock.release();
    expect(isClean(await scrub(disks))).toBe(true);
    disks[0]!.broken = "EIO";
    const left = await new RedundantDisk(disks, { parity: 1 }).read("big", 0, big.length);
    expect(Buffer.compare(left, big)).toBe(0);
  });

  it("says what is lost where two of three are damaged at one place, and invents nothing", async () => {
    const disks = await filled();
    for (const disk of disks.slice(1)) disk.files.get("sealed.shard")!.bytes[60]! ^= 1;
    for (const repair of [false, true]) {
      const report = await scrub(disks, { repair });
      expect(report.lost).toMatchObject([{ path: "sealed", what: expect.stringContaining("1 of 3 shards are left") }]);
      expect(isClean(report)).toBe(false);
    }
    const set = new RedundantDisk(disks, { parity: 1 });
    await expect(set.read("sealed", 0, 999)).rejects.toMatchObject({ code: "StoreDamaged" });
    expect([...(await set.read("growing", 0, 999))]).toEqual([...bytes]);
  });

  it("says so where every copy is damaged at one place that was durable", async () => {
    const disks = await filled();
    for (const disk of disks) disk.files.get("growing.copy")!.bytes[70]! ^= 1;
    const set = new RedundantDisk(disks, { parity: 1 });
    // The second append came after no sync: what is torn there was never promised.
    expect(await set.size("growing")).toBe(0);
    const lock = await set.lock();
    const file = await set.open("growing");
    await file.append([bytes]);
    await file.sync();
    await file.append([bytes]);
    await file.sync();
    await lock.release();
    for (const disk of disks) disk.files.get("growing.copy")!.bytes[70]! ^= 1;
    await expect(set.size("growing")).rejects.toMatchObject({ code: "StoreDamaged" });
    await expect(set.lock()).rejects.toMatchObject({ code: "StoreDamaged" });
    expect((await scrub(disks)).lost).toMatchObject([{ path: "growing" }]);
  });

  it("fills an empty disk, and one that was away", async () => {
    const disks = await filled();
    const old = disks[2]!;
    disks[2] = new MemoryDisk("/new");
    expect((await scrub(disks)).disks[2]).toEqual({ disk: "/new", state: "outdated" });
    const news: string[] = [];
    const report = await scrub(disks, { repair: true, tell: ({ text }) => news.push(text) });
    expect(isClean(report)).toBe(true);
    expect(news).toHaveLength(1);
    expect(news[0]).toContain("/new is rebuilt");
    // The old one in the place of another: it is what the new one is now.
    await expect(scrub([disks[0]!, old, disks[2]!])).rejects.toMatchObject({ code: "InvalidSpec" });
  });

  it("tells of a disk that is not there", async () => {
    const disks = await filled();
    disks[0]!.broken = "ENOENT";
    const report = await scrub(disks);
    expect(report.disks[0]).toEqual({ disk: "/sd1", state: "away" });
    expect(isClean(report)).toBe(false);
    expect(isClean(await scrub(disks, { repair: true }))).toBe(false);
  });

  it("leaves what cannot be written anew, and says why", async () => {
    const disks = await filled();
    const set = new RedundantDisk(disks, { parity: 1 });
    await set.lock();
    disks[1]!.files.get("sealed.shard")!.bytes[60]! ^= 1;
    disks[1]!.room = 0;
    const report = await set.scrub({ repair: true });
    expect(report.findings).toMatchObject([{ isRepaired: false, what: expect.stringContaining("ENOSPC") }]);
  });

  it("does not repair what somebody has open", async () => {
    const disks = await filled();
    const lock = await new RedundantDisk(disks, { parity: 1 }).lock();
    await expect(scrub(disks, { repair: true })).rejects.toMatchObject({ code: "StoreInUse" });
    expect(isClean(await scrub(disks))).toBe(true);
    await lock.release();
    expect(isClean(await scrub(disks, { repair: true }))).toBe(true);
  });

  it("keeps no lock where it is refused, and takes no disk for away because the process has too much open", async () => {
    const disks = await filled();
    const other = await disks[2]!.lock();
    await expect(scrub(disks, { repair: true })).rejects.toMatchObject({ code: "StoreInUse" });
    await other.release();
    expect(isClean(await scrub(disks, { repair: true }))).toBe(true);

    const lock = disks[1]!.lock.bind(disks[1]);
    disks[1]!.lock = () => Promise.reject(failure("EMFILE", "/sd2"));
    await expect(scrub(disks, { repair: true })).rejects.toMatchObject({ code: "EMFILE" });
    disks[1]!.lock = lock;
    expect(isClean(await scrub(disks, { repair: true }))).toBe(true);
  });

  it("refuses folders that are no set, and options that there are not", async () => {
    await expect(scrub([new MemoryDisk("/a"), new MemoryDisk("/b")])).rejects.toMatchObject({ code: "InvalidSpec" });
    for (const where of ["/sd1", [], ["/sd1", ""], undefined]) {
      await expect(scrub(where as never)).rejects.toMatchObject({
        code: "InvalidSpec",
        message: expect.stringContaining('give all folders of the set, scrub(["/sd1/state", "/sd2/state"])'),
      });
    }
    await expect(scrub(["./y", "y/../y"])).rejects.toThrow(/\/y is given twice: .*each on a disk of its own/);
    const [one] = await filled();
    await expect(new RedundantDisk([one!, one!, one!], { parity: 1 }).list("")).rejects.toThrow("the same disk");
    await expect(scrub(await filled(), { fix: true } as never)).rejects.toMatchObject({ code: "InvalidSpec" });
  });
});
