import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { files } from "../../../../src/state/files/files.js";
import { memory } from "../../../../src/state/memory-store.js";
import type { StoreNews } from "../../../../src/system/durable/store.js";
import { SystemStore } from "../../../../src/system/durable/system-store.js";
import { EventFan, type SystemEvent } from "../../../../src/system/events.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";
import { DiskInHand, systemError } from "./disk-in-hand.js";
import { base, drop, forget, opened, scratchFolder, stored, tail } from "./opened.js";

/** A disk that others use too may take its time. */
const patient = { timeout: 30_000 };

describe("what was appended", () => {
  it("is there when the store is opened again, and keeps the order it came in", async () => {
    const folder = scratchFolder();
    const { store } = await opened(folder);
    await store.append([base("a", 4, "four"), tail("b!mail", 1, "hello")]);
    await store.append([tail("a", 5, "five"), tail("a", 6, "")]);
    await store.append([base("a", 7, "seven"), drop("b!mail", 1), tail("ключ#ä", 1, "ü")]);
    const expected = [
      ["7=seven", "4=four"],
      ["5=five", "6="],
    ];
    expect(await stored(store, "a")).toEqual(expected);
    await store.close();
    const { store: again, news } = await opened(folder);
    expect(await stored(again, "a")).toEqual(expected);
    expect([...again.ids()]).toEqual(["a", "ключ#ä"]);
    expect(await again.read("b!mail")).toBeUndefined();
    await again.append([forget("a")]);
    expect(await again.read("a")).toBeUndefined();
    expect(news).toEqual([]);
  });

  it("is there without a close", async () => {
    const folder = scratchFolder();
    const disk = new DiskInHand(folder);
    const { store } = await opened(disk);
    await store.append([tail("a", 1, "x")]);
    // As after a death: what nobody closed is read by somebody else. (The lock is this process's own.)
    for (const name of readdirSync(folder).filter((one) => one.startsWith("LOCK"))) {
      writeFileSync(join(folder, name.replace(/-\d+-/, "-4194305-")), "");
      await disk.remove(name);
    }
    const { store: again, news } = await opened(folder);
    expect(await stored(again, "a")).toEqual([[], ["1=x"]]);
    expect(news).toMatchObject([{ kind: "store-repaired", text: expect.stringContaining("the lock was taken over") }]);
  });

  it("is refused where no store could give it back, and what else waits is stored", async () => {
    const { store } = await opened(scratchFolder());
    const wrong = store.append([tail("a", 1, "x"), { kind: "drop", id: "a", seq: 1.5 }]);
    const right = store.append([tail("a", 2, "y")]);
    await expect(wrong).rejects.toMatchObject({ code: "InvalidValue", message: expect.stringContaining("1.5") });
    await right;
    expect(await stored(store, "a")).toEqual([[], ["2=y"]]);
  });

  it("cannot be appended to a store that is closed", async () => {
    const { store } = await opened(scratchFolder());
    await store.close();
    await expect(store.append([forget("a")])).rejects.toMatchObject({ code: "StoreFailed" });
    await store.close();
  });

  it("is only seen when it is durable, and close waits for it", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store } = await opened(disk);
    let goOn = () => {};
    const held = new Promise<undefined>((resolve) => {
      goOn = () => resolve(undefined);
    });
    disk.before = (call) => (call === "sync" ? held : undefined);
    const appended = store.append([tail("a", 1, "x")]);
    await expect.poll(() => disk.count("sync", "journal-1.log"), patient).toBe(2);
    expect(await store.read("a")).toBeUndefined();
    const closed = store.close();
    goOn();
    await Promise.all([appended, closed]);
    expect(await stored((await opened(disk.about)).store, "a")).toEqual([[], ["1=x"]]);
  });
});

describe("group commit", () => {
  async function hundred(sync: "group" | "each" | "lost-at-power-cut"): Promise<DiskInHand> {
    const disk = new DiskInHand(scratchFolder());
    const { store } = await opened(disk, { sync });
    disk.calls.length = 0;
    await Promise.all(Array.from({ length: 100 }, (_, i) => store.append([tail("a", i, `${i}`)])));
    expect((await store.read("a"))!.tail.map(({ data }) => Number(Buffer.from(data)))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    return disk;
  }

  it("is one sync of the disk for all that came meanwhile", async () => {
    expect((await hundred("group")).count("sync")).toBe(1);
  });

  it("waits for those that are said to follow, and goes with the first that is not", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, clock } = await opened(disk);
    disk.calls.length = 0;
    const first = store.append([tail("a", 1, "x")], { more: true });
    const second = store.append([tail("a", 2, "y")], { more: true });
    await expect.poll(() => clock.pending, patient).toBe(1);
    expect(disk.calls).toEqual([]);
    await Promise.all([store.append([tail("a", 3, "z")]), first, second]);
    expect(disk.count("sync")).toBe(1);
    expect(clock.pending).toBe(0);
    expect(await stored(store, "a")).toEqual([[], ["1=x", "2=y", "3=z"]]);
  });

  it("waits 2 ms for them at most, and not where the store is closed", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, clock } = await opened(disk);
    const appended = store.append([tail("a", 1, "x")], { more: true });
    await expect.poll(() => clock.pending, patient).toBe(1);
    await clock.advance(2);
    await appended;
    const last = store.append([tail("a", 2, "y")], { more: true });
    await Promise.all([store.close(), last]);
    expect(await stored((await opened(disk.about)).store, "a")).toEqual([[], ["1=x", "2=y"]]);
  });

  it("does not wait where many wait already", async () => {
    const { store } = await opened(scratchFolder());
    const more = { more: true };
    await Promise.all(Array.from({ length: 64 }, (_, i) => store.append([tail("a", i, `${i}`)], more)));
    expect((await store.read("a"))!.tail).toHaveLength(64);
  });

  it("is not where each has a sync of its own, or none has", async () => {
    expect((await hundred("each")).count("sync")).toBe(100);
    const none = await hundred("lost-at-power-cut");
    expect(none.count("sync")).toBe(0);
    expect(none.count("append")).toBe(1);
  });
});

describe("checkpoints", () => {
  const small = { segmentBytes: 1024, checkpointBytes: 4096 };

  /** Of what is kept and 4096 bytes of journal; some 70,000 are written. */
  const BOUND = 20_000;

  function bytesIn(folder: string): number {
    return readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
  }

  /** It may go while it is looked at. */
  function sizeOf(path: string): number {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  async function filled(folder: string, from = 0): Promise<string[]> {
    const { store } = await opened(folder, small);
    const jobs: Promise<void>[] = [];
    for (let i = from; i < from + 400; i++) {
      const id = `id-${i % 7}`;
      jobs.push(
        store.append([tail(id, i, `t${i}`), ...(i % 5 === 0 ? [base(id, i, `b${i}`)] : []), tail("mail", i, "m")]),
      );
      if (i >= 3) jobs.push(store.append([drop("mail", i - 3)]));
      if (i % 20 === 0) await Promise.all(jobs);
    }
    await Promise.all(jobs);
    // The last checkpoint may have begun before the last changes: with the next one they are in.
    await expect
      .poll(async () => {
        await store.append([tail("last", 0, "")]);
        return bytesIn(folder);
      }, patient)
      .toBeLessThan(BOUND);
    const kept = await all(store);
    await store.close();
    return kept;
  }

  async function all(store: Awaited<ReturnType<typeof opened>>["store"]): Promise<string[]> {
    const ids = [...store.ids()].sort();
    return Promise.all(ids.map(async (id) => JSON.stringify([id, await stored(store, id)])));
  }

  it("bound the disk, and change nothing of what is read, before and after", async () => {
    const folder = scratchFolder();
    const kept = await filled(folder);
    const names = readdirSync(folder);
    expect(names.filter((name) => name.endsWith(".ckpt"))).toHaveLength(1);
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(bytesIn(folder)).toBeLessThan(BOUND);
    expect(await all((await opened(folder, small)).store)).toEqual(kept);
  });

  it("follow one another", async () => {
    const folder = scratchFolder();
    await filled(folder);
    const first = readdirSync(folder).find((name) => name.endsWith(".ckpt"));
    const kept = await filled(folder, 400);
    expect(readdirSync(folder).find((name) => name.endsWith(".ckpt"))).not.toBe(first);
    expect(await all((await opened(folder, small)).store)).toEqual(kept);
  });

  it("hold nobody up: changes are stored, and read, while one is written", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store } = await opened(disk, small);
    let goOn = () => {};
    const held = new Promise<undefined>((resolve) => {
      goOn = () => resolve(undefined);
    });
    disk.before = (call) => (call === "rename" ? held : undefined);
    for (let i = 0; disk.count("rename") === 0; i++)
      await store.append([base("a", i, "x".repeat(50)), tail("b", i, "y")]);
    await store.append([tail("c", 1, "during"), drop("b", 0)]);
    expect(await stored(store, "c")).toEqual([[], ["1=during"]]);
    const b = await stored(store, "b");
    goOn();
    await expect.poll(() => readdirSync(disk.about).some((name) => name.endsWith(".ckpt")), patient).toBe(true);
    expect(await stored(store, "b")).toEqual(b);
    await store.close();
    const { store: again } = await opened(disk.about);
    expect(await stored(again, "b")).toEqual(b);
    expect(await stored(again, "c")).toEqual([[], ["1=during"]]);
  });

  it("that fail are told, tried again later, and cost nothing that was stored", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, news } = await opened(disk, small);
    disk.before = (call, path) =>
      call === "append" && path.startsWith("checkpoint") ? systemError("ENOSPC") : undefined;
    let seq = 0;
    const more = () => store.append([base("a", ++seq, "x".repeat(100))]);
    while (news.length === 0) await more();
    expect(news).toMatchObject([
      { kind: "store-failed", error: { code: "StoreFailed", details: { errno: "ENOSPC" } } },
    ]);
    expect(store.failure).toBeUndefined();
    const tries = disk.count("create", "checkpoint");
    for (let i = 0; i < 10; i++) await more();
    expect(disk.count("create", "checkpoint")).toBe(tries);
    disk.before = () => undefined;
    while (news.length === 1) await more();
    expect(news[1]).toMatchObject({ kind: "store-recovered" });
    expect((await store.read("a"))!.bases[0]!.seq).toBe(seq);
  });

  it("whose name cannot be made leave nothing behind", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, news } = await opened(disk, small);
    disk.before = (call) => (call === "rename" ? systemError("ENOSPC") : undefined);
    for (let seq = 1; news.length === 0; seq++) await store.append([base("a", seq, "x".repeat(100))]);
    expect(readdirSync(disk.about).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("a disk that fails", () => {
  it.each(["append", "sync"] as const)(
    "at %s: nothing of it is stored, later ones are, when it works again",
    async (what) => {
      const disk = new DiskInHand(scratchFolder());
      const { store, news, clock } = await opened(disk);
      await store.append([tail("a", 1, "before")]);
      disk.before = (call) => (call === what ? systemError("ENOSPC") : undefined);
      const lost = [store.append([tail("a", 2, "lost")]), store.append([tail("a", 3, "lost too")])];
      for (const one of lost) {
        await expect(one).rejects.toMatchObject({
          code: "StoreFailed",
          retryable: true,
          details: { folder: disk.about, errno: "ENOSPC" },
          message: expect.stringContaining("make room"),
        });
      }
      expect(store.failure?.code).toBe("StoreFailed");
      await expect(store.append([tail("a", 2, "at once")])).rejects.toBe(store.failure);
      await clock.advance(60_000);
      expect(store.failure?.code).toBe("StoreFailed");
      disk.before = () => undefined;
      await until(() => store.failure === undefined, clock);
      await store.append([tail("a", 2, "after")]);
      expect(news.map(({ kind }) => kind)).toEqual(["store-failed", "store-recovered"]);
      expect(news[1]).toMatchObject({ afterMs: expect.any(Number) });
      expect(await stored(store, "a")).toEqual([[], ["1=before", "2=after"]]);
      await store.close();
      expect(await stored((await opened(disk.about)).store, "a")).toEqual([[], ["1=before", "2=after"]]);
    },
  );

  it("and does not even take back what it was given: the next journal says that it does not count", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, clock } = await opened(disk);
    await store.append([tail("a", 1, "before")]);
    disk.before = (call, path) =>
      path === "journal-1.log" && (call === "sync" || call === "truncate") ? systemError("EIO") : undefined;
    await expect(store.append([tail("a", 2, "lost")])).rejects.toMatchObject({ details: { errno: "EIO" } });
    await until(() => store.failure === undefined, clock);
    expect(readFileSync(join(disk.about, "journal-1.log")).toString("latin1")).toContain("lost");
    await store.append([tail("a", 3, "after")]);
    await store.close();
    expect(await stored((await opened(disk.about)).store, "a")).toEqual([[], ["1=before", "3=after"]]);
  });

  it("is cut back before anybody is told, so that a crash right after brings nothing back", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store } = await opened(disk);
    await store.append([tail("a", 1, "before")]);
    const size = statSync(join(disk.about, "journal-1.log")).size;
    let failed = false;
    disk.before = (call) => {
      if (call !== "sync" || failed) return undefined;
      failed = true;
      return systemError("EIO");
    };
    await expect(store.append([tail("a", 2, "lost")])).rejects.toThrow();
    expect(statSync(join(disk.about, "journal-1.log")).size).toBe(size);
  });

  it("because somebody removed the folder: what cannot be found again is not acknowledged for long", async () => {
    const folder = scratchFolder();
    const { store, clock, news } = await opened(folder);
    await store.append([tail("a", 1, "x")]);
    rmSync(folder, { recursive: true });
    await clock.advance(1000);
    await expect(store.append([tail("a", 2, "y")])).rejects.toMatchObject({
      code: "StoreFailed",
      message: expect.stringContaining("somebody removed it"),
    });
    mkdirSync(folder);
    await clock.advance(60_000);
    // An empty folder is not the store.
    expect(store.failure?.code).toBe("StoreFailed");
    expect(readdirSync(folder)).toEqual([]);
    expect(news.map(({ kind }) => kind)).toEqual(["store-failed"]);
    await store.close();
  });

  it("while a new journal is begun: what waits is told, and it goes on in that journal later", async () => {
    const disk = new DiskInHand(scratchFolder());
    const { store, clock } = await opened(disk, { segmentBytes: 1024 });
    disk.before = (call, path) => (call === "syncFolder" && path === "" ? systemError("EIO") : undefined);
    const big = store.append([tail("a", 1, "x".repeat(2000))]);
    await big;
    await expect.poll(() => store.failure?.code, patient).toBe("StoreFailed");
    disk.before = () => undefined;
    await until(() => store.failure === undefined, clock);
    await store.append([tail("a", 2, "y")]);
    await store.close();
    expect((await (await opened(disk.about)).store.read("a"))!.tail).toHaveLength(2);
  });

  async function until(done: () => boolean, clock: { advance(by: number): Promise<void> }): Promise<void> {
    await expect
      .poll(async () => {
        await clock.advance(100);
        return done();
      }, patient)
      .toBe(true);
  }
});

describe("what it is opened on", () => {
  it("is one opener's", async () => {
    const folder = scratchFolder();
    const { store } = await opened(folder);
    await expect(opened(folder)).rejects.toMatchObject({ code: "StoreInUse", details: { pid: process.pid } });
    await store.close();
    await opened(folder);
  });

  it("is made, in a folder that is there, else that one is named", async () => {
    const folder = scratchFolder();
    await opened(join(folder, "state"));
    await expect(opened(join(folder, "no", "state"))).rejects.toMatchObject({
      code: "StoreFailed",
      message: expect.stringContaining(`mkdir -p ${join(folder, "no")}`),
    });
    await expect(opened("/proc/no-such-state")).rejects.toMatchObject({
      code: "StoreFailed",
      message: expect.not.stringContaining("mkdir"),
    });
    writeFileSync(join(folder, "file"), "");
    await expect(opened(join(folder, "file"))).rejects.toMatchObject({ code: "StoreFailed" });
  });

  it("is not made where the key to seal it with is refused", async () => {
    const folder = join(scratchFolder(), "state");
    const encryption = { current: "one", key: () => undefined };
    await expect(opened(folder, { encryption })).rejects.toMatchObject({ code: "InvalidSpec" });
    expect(existsSync(folder)).toBe(false);
  });

  it("is named before it is open", async () => {
    const folder = scratchFolder();
    expect(files([`${folder}/a`, `${folder}/b`]).about).toContain(`${folder}/b`);
    expect(memory().about).toBe("memory");
    await (await opened(folder)).store.close();
    appendFileSync(join(folder, "journal-1.log"), "torn");
    const events = new EventFan();
    const told: SystemEvent[] = [];
    events.subscribe((event) => told.push(event));
    const system = new SystemStore(files(folder), new VirtualClock(), events);
    await system.open();
    await system.close();
    expect(told).toMatchObject([{ type: "store-repaired", about: `files in ${folder}` }]);
  });

  it("says which of several disks is left out, and how many are left", async () => {
    const folder = scratchFolder();
    const disks = ["a", "b", "c"].map((name) => join(folder, name));
    const news: StoreNews[] = [];
    const open = () => files(disks).open({ clock: new VirtualClock(), tell: (one) => news.push(one) });
    await (await open()).close();
    rmSync(disks[2]!, { recursive: true });
    writeFileSync(disks[2]!, "no folder");
    await (await open()).close();
    expect(news).toMatchObject([{ kind: "store-degraded", disk: disks[2], left: 2 }]);
  });

  it("is not littered by starts that write nothing", async () => {
    const folder = scratchFolder();
    for (let start = 0; start < 5; start++) await (await opened(folder)).store.close();
    expect(readdirSync(folder)).toEqual(["journal-1.log"]);
  });

  it("is refused where options or folder make no sense", () => {
    expect(() => files("")).toThrow(/give a folder/);
    expect(() => files("x", { sync: "never" as "each" })).toThrow(/files\(\)\.sync is "never"/);
    const every = "sometimes" as "1h";
    expect(() => files("x", { backup: { to: "y", every } })).toThrow(/every is "sometimes".*such as "1h"/);
    expect(() => files("x", { segmentBytes: 12 })).toThrow(/files\(\)\.segmentBytes is 12/);
    expect(() => files("x", { sinc: "each" } as object)).toThrow(/did you mean "sync"/);
  });
});

describe("damage", () => {
  async function five(): Promise<{ folder: string; path: string; ends: number[] }> {
    const folder = scratchFolder();
    const { store } = await opened(folder);
    const path = join(folder, "journal-1.log");
    const ends: number[] = [];
    for (let i = 1; i <= 5; i++) {
      await store.append([tail("a", i, `value ${i}`)]);
      ends.push(statSync(path).size);
    }
    await store.close();
    // As it is without a clean end: nothing vouches for the last journal.
    await new DiskInHand(folder).remove("journal-2.log");
    return { folder, path, ends };
  }

  it("at the end is cut off and told, down to the last whole record", async () => {
    const { folder, path, ends } = await five();
    truncateSync(path, ends[4]! - 3);
    const { store, news } = await opened(folder);
    expect((await stored(store, "a"))![1]).toHaveLength(4);
    expect(news).toMatchObject([{ kind: "store-repaired", text: expect.stringContaining(`torn at byte ${ends[3]}`) }]);
    expect(statSync(path).size).toBe(ends[3]);
  });

  it("of what a later sync stands on is told with its place, and nothing is changed", async () => {
    const { folder, path, ends } = await five();
    const bytes = readFileSync(path);
    bytes[ends[1]! + 25]! ^= 1;
    writeFileSync(path, bytes);
    await expect(opened(folder)).rejects.toMatchObject({
      code: "StoreDamaged",
      details: { file: path, offset: ends[1] },
    });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it("of the last record is seen after a clean end too", async () => {
    const folder = scratchFolder();
    const { store } = await opened(folder);
    await store.append([tail("a", 1, "x")]);
    await store.close();
    const path = join(folder, "journal-1.log");
    truncateSync(path, statSync(path).size - 1);
    await expect(opened(folder)).rejects.toMatchObject({ code: "StoreDamaged" });
  });

  it("that comes while the store is open is never read as data", async () => {
    const { folder, path } = await five();
    const { store } = await opened(folder);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    await expect(store.read("a")).rejects.toMatchObject({ code: "StoreDamaged", details: { file: path } });
  });

  it("is a file that is missing, of another store, or of a newer format", async () => {
    const { folder, path } = await five();
    const whole = readFileSync(path);
    writeFileSync(join(folder, "journal-3.log"), whole);
    await expect(opened(folder)).rejects.toMatchObject({
      code: "StoreDamaged",
      message: expect.stringContaining("missing"),
    });
    const other = await five();
    writeFileSync(join(folder, "journal-3.log"), "");
    writeFileSync(join(folder, "journal-2.log"), readFileSync(join((await cleanlyEnded()).folder, "journal-2.log")));
    await expect(opened(folder)).rejects.toMatchObject({
      code: "StoreDamaged",
      message: expect.stringContaining("another store"),
    });
    const newer = readFileSync(other.path);
    newer[8] = 2;
    writeFileSync(other.path, newer);
    await expect(opened(other.folder)).rejects.toMatchObject({
      code: "StoreDamaged",
      message: expect.stringContaining("has format 2"),
    });
  });

  async function cleanlyEnded(): Promise<{ folder: string }> {
    const folder = scratchFolder();
    const { store } = await opened(folder);
    await store.append([tail("a", 1, "x")]);
    await store.close();
    return { folder };
  }
});

describe("sealed files", () => {
  const encryption = (current: string, keys: Record<string, string>) => ({
    encryption: { current, key: (id: string) => keys[id] },
  });
  const [one, two] = ["11".repeat(32), "22".repeat(32)];

  it("tell nothing, are read with their key, and go on with a new one", async () => {
    const folder = scratchFolder();
    const first = await opened(folder, encryption("one", { one }));
    await first.store.append([base("a", 1, "a secret value")]);
    await first.store.close();
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name)).toString("latin1")).not.toContain("secret");
    }
    const second = await opened(folder, encryption("two", { one, two }));
    expect(await stored(second.store, "a")).toEqual([["1=a secret value"], []]);
    await second.store.append([tail("a", 2, "more")]);
    await second.store.close();
    const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
    for (const wrong of [encryption("two", { two }), encryption("one", { one: two, two }), {}]) {
      await expect(opened(folder, wrong)).rejects.toMatchObject({ code: "StoreDamaged", details: { keyId: "one" } });
    }
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"))).toEqual(before);
  });
});
