import { appendFileSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Disk, DiskFile } from "../../../../src/state/disk/disk.js";
import { FolderDisk } from "../../../../src/state/disk/folder-disk.js";
import { files } from "../../../../src/state/files/files.js";
import type { OpenStore, StoreNews } from "../../../../src/system/durable/store.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";
import { DiskInHand, systemError } from "./disk-in-hand.js";
import { base, opened, scratchFolder, stored, tail } from "./opened.js";

/** Takes no more than `most.bytes` at once. */
class NearlyFull extends FolderDisk {
  readonly most = { bytes: Infinity };

  override async create(path: string): Promise<DiskFile> {
    return this.#limited(await super.create(path));
  }

  #limited(file: DiskFile): DiskFile {
    return {
      append: async (chunks) => {
        if (chunks.reduce((sum, { length }) => sum + length, 0) > this.most.bytes) throw systemError("ENOSPC");
        await file.append(chunks);
      },
      sync: () => file.sync(),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
    };
  }
}

describe("a disk with room for a header and no more", () => {
  it("fails once, has not recovered, and gets no journal for each try", async () => {
    const disk = new NearlyFull(scratchFolder());
    const { store, news, clock } = await opened(disk);
    await store.append([base("a", 1, "x".repeat(1000))]);
    disk.most.bytes = 256;
    for (let tries = 0; tries < 60; tries++) {
      await store.append([base("a", 2, "x".repeat(1000))]).catch(() => {});
      await tried(store, clock);
    }
    expect(news.map(({ kind }) => kind)).toEqual(["store-failed"]);
    expect(journals(disk)).toHaveLength(2);
    disk.most.bytes = Infinity;
    await working(store, clock);
    await store.append([base("a", 3, "after")]);
    expect(news.map(({ kind }) => kind)).toEqual(["store-failed", "store-recovered"]);
    await store.close();
    expect((await stored((await opened(disk)).store, "a"))![0][0]).toBe("3=after");
  });

  it("may lose its power while it is tried: what was written for that is cut off", async () => {
    const folder = scratchFolder();
    const { store } = await opened(folder);
    await store.close();
    const path = join(folder, "journal-1.log");
    appendFileSync(path, Buffer.alloc(4096));
    const { store: again, news } = await opened(folder);
    expect(news).toMatchObject([{ kind: "store-repaired" }]);
    expect(statSync(path).size).toBe(256);
    await again.append([tail("a", 1, "x")]);
  });
});

describe("a disk that fails a sync where changes are not synced", () => {
  it("is gone on with when what was acknowledged is on it: a later header vouches for nothing else", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, clock } = await opened(disk, { sync: "lost-at-power-cut" });
    await store.append([tail("a", 1, "x")]);
    disk.before = (call, path) =>
      path === "journal-1.log" && (call === "append" || call === "sync") ? systemError("EIO") : undefined;
    await expect(store.append([tail("a", 2, "lost")])).rejects.toMatchObject({ details: { errno: "EIO" } });
    for (let tries = 0; tries < 3; tries++) await tried(store, clock);
    expect(store.failure?.code).toBe("StoreFailed");
    expect(journals(disk)).toEqual(["journal-1.log"]);
    disk.before = () => undefined;
    await working(store, clock);
    await store.append([tail("a", 3, "after")]);
    expect(await stored(store, "a")).toEqual([[], ["1=x", "3=after"]]);
  });
});

describe("a folder that was taken away", () => {
  it("is not gone on with when it comes back, and nobody is asked to try again", async () => {
    const folder = join(scratchFolder(), "state");
    const { store, clock, news } = await opened(folder);
    await store.append([tail("a", 1, "x")]);
    renameSync(folder, `${folder}-moved`);
    mkdirSync(folder);
    await clock.advance(1000);
    const lost = await store.append([tail("a", 2, "y")]).catch((error: unknown) => error);
    expect(lost).toMatchObject({ code: "StoreFailed", retryable: false });
    renameSync(`${folder}-moved`, folder);
    for (let tries = 0; tries < 3; tries++) await tried(store, clock);
    expect(store.failure).toBe(lost);
    expect(news.map(({ kind }) => kind)).toEqual(["store-failed"]);
  });
});

describe("an append by who hears that the store has recovered", () => {
  it.each(["stays open", "is closed at once"])("is stored, where it %s", async (then) => {
    const disk = new DiskInHand(scratchFolder());
    const clock = new VirtualClock();
    let heard: Promise<void> | undefined;
    let closed: Promise<void> | undefined;
    const tell = ({ kind }: StoreNews) => {
      if (kind !== "store-recovered") return;
      heard = store.append([tail("a", 1, "x")]);
      if (then === "is closed at once") closed = store.close();
    };
    const store = await files(disk).open({ clock, tell });
    disk.before = (call) => (call === "append" ? systemError("EIO") : undefined);
    await expect(store.append([tail("a", 1, "lost")])).rejects.toThrow();
    disk.before = () => undefined;
    await working(store, clock);
    expect(heard).toBeInstanceOf(Promise);
    await heard;
    await closed;
    await store.close();
    expect(await stored((await opened(disk)).store, "a")).toEqual([[], ["1=x"]]);
  });
});

function journals(disk: Disk): string[] {
  return readdirSync(disk.about)
    .filter((name) => name.startsWith("journal"))
    .sort();
}

/** What the disk does is real: the try is over when the next one is due, or none is needed. */
async function tried(store: OpenStore, clock: VirtualClock): Promise<void> {
  await clock.advance(10_000);
  await expect.poll(() => clock.pending > 0 || !store.failure, { interval: 1, timeout: 30_000 }).toBe(true);
}

async function working(store: OpenStore, clock: VirtualClock): Promise<void> {
  await expect
    .poll(
      async () => {
        await clock.advance(100);
        return store.failure;
      },
      { timeout: 30_000 },
    )
    .toBeUndefined();
}
