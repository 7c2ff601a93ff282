import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { listBackups } from "../../../../src/state/backup/list-backups.js";
import type { BackupSchedule } from "../../../../src/state/backup/scheduled-backups.js";
import { verify } from "../../../../src/state/backup/verify.js";
import { files } from "../../../../src/state/files/files.js";
import type { StoreNews } from "../../../../src/system/durable/store.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";
import { count, inFolders } from "./scene.js";

const scene = inFolders("scheduled");
const noon = Date.parse("2026-05-01T12:00Z");

/** A store with a schedule under a clock that the test moves. */
async function scheduled(schedule: Partial<BackupSchedule> = {}, clock = new VirtualClock(0, noon)) {
  const told: StoreNews[] = [];
  let heard: () => void = () => {};
  const tell = (news: StoreNews) => {
    if (news.kind !== "store-repaired") told.push(news);
    heard();
  };
  const backup = { to: scene.to, every: "1h" as const, ...schedule };
  const store = await files(scene.store, { sync: "lost-at-power-cut", backup }).open({ clock, tell });
  /** Moves time until there are so many news; the files of a backup take real time. */
  const newsAfter = async (by: number, amount: number) => {
    await clock.advance(by);
    while (told.length < amount) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
    return told.slice(0, amount);
  };
  return { store, clock, told, newsAfter };
}

/** The next one is planned once the folder was looked at. */
async function planned(clock: VirtualClock): Promise<number> {
  while (clock.nextAt === undefined) await new Promise((resolve) => setImmediate(resolve));
  return clock.nextAt - clock.now();
}

const minute = 60_000;
const hour = 60 * minute;

it("a store makes a backup when it is opened first, then one in every interval, and keeps what it is told to", async () => {
  const { store, clock, newsAfter } = await scheduled({ keep: { last: 2 } });
  await count(store, 1, 10);
  expect(await planned(clock)).toBe(0);
  const [first] = await newsAfter(0, 1);
  expect(first).toMatchObject({ kind: "backup-made", id: "000001-20260501T120000Z", removed: [] });
  expect(await planned(clock)).toBe(hour);
  await newsAfter(hour, 2);
  expect(await planned(clock)).toBe(hour);
  const third = (await newsAfter(hour, 3)).at(-1);
  expect(third).toMatchObject({ kind: "backup-made", newBytes: 0, removed: ["000001-20260501T120000Z"] });
  await store.close();
  expect(clock.pending).toBe(0);
  const backups = await listBackups(scene.to);
  expect(backups.map(({ at }) => at)).toEqual([noon + hour, noon + 2 * hour]);
  expect((await verify(scene.to)).map(({ problem }) => problem)).toEqual([undefined, undefined]);
});

it("a restart goes on with the interval: a machine that boots often makes no more backups for it", async () => {
  const before = await scheduled();
  await planned(before.clock);
  await before.newsAfter(0, 1);
  await before.store.close();
  const after = await scheduled({}, new VirtualClock(0, noon + 20 * minute));
  expect(await planned(after.clock)).toBe(40 * minute);
  await after.store.close();
  const late = await scheduled({}, new VirtualClock(0, noon + 5 * hour));
  expect(await planned(late.clock)).toBe(0);
  await late.store.close();
});

it("one that fails is told and tried again, serving goes on, and it comes when it can", async () => {
  const { store, clock, newsAfter } = await scheduled({ to: join(scene.root, "disk", "backups") });
  await planned(clock);
  const [failed] = await newsAfter(0, 1);
  const error = {
    code: "StoreFailed",
    message: expect.stringMatching(/disk\/backups: cannot take a backup of .*ENOENT/),
  };
  expect(failed).toMatchObject({ kind: "backup-failed", retryInMs: minute, error });
  await count(store, 1, 10);
  expect(store.failure).toBe(undefined);
  expect(await planned(clock)).toBe(minute);
  const second = (await newsAfter(minute, 2))[1];
  expect(second).toMatchObject({ kind: "backup-failed", retryInMs: 2 * minute });
  mkdirSync(join(scene.root, "disk"));
  expect(await planned(clock)).toBe(2 * minute);
  expect((await newsAfter(2 * minute, 3))[2]).toMatchObject({ kind: "backup-made" });
  expect(await planned(clock)).toBe(hour);
  await store.close();
});

it("a store that is closed in the middle of a backup ends it, and tells of no failure", async () => {
  const { store, clock, told } = await scheduled();
  await count(store, 1, 50_000);
  await planned(clock);
  await clock.advance(0);
  await store.close();
  expect(told.filter(({ kind }) => kind === "backup-failed")).toEqual([]);
  expect(clock.pending).toBe(0);
  const left = await listBackups(scene.to);
  expect(left.length).toBeLessThanOrEqual(1);
});

it("a store that is damaged by then is told as that", async () => {
  const { store, clock, newsAfter } = await scheduled();
  await planned(clock);
  await newsAfter(0, 1);
  await planned(clock);
  rmSync(join(scene.store, "journal-1.log"));
  writeFileSync(join(scene.store, "journal-2.log"), "x".repeat(1000));
  const failed = (await newsAfter(hour, 2))[1];
  expect(failed).toMatchObject({ kind: "backup-failed", error: { code: "StoreDamaged" } });
  await store.close();
});

it("a schedule that cannot be is refused before anything is opened", () => {
  const refused = (backup: unknown) => () => files(scene.store, { backup: backup as BackupSchedule });
  expect(refused({ to: scene.to, every: "1h" })).not.toThrow();
  expect(refused({ to: "", every: "1h" })).toThrow('files().backup.to is "": give the folder');
  expect(refused({ every: "1h" })).toThrow(/files\(\)\.backup\.to is undefined/);
  expect(refused({ to: scene.to })).toThrow(/files\(\)\.backup\.every is undefined/);
  expect(refused({ to: scene.to, every: "1d" })).toThrow(/every is "1d"/);
  expect(refused({ to: scene.to, every: 10 })).toThrow(/give at least a second/);
  expect(refused({ to: scene.to, every: Number.POSITIVE_INFINITY })).toThrow(/at least a second/);
  expect(refused({ to: scene.to, every: "1h", keep: { daily: -7 } })).toThrow(/files\(\)\.backup\.keep\.daily is -7/);
  expect(refused({ to: scene.to, evry: "1h" })).toThrow(/did you mean "every"/);
  expect(refused({ to: join(scene.store, "b"), every: "1h" })).toThrow(/cannot be in/);
  expect(refused({ to: dirname(scene.store), every: "1h" })).toThrow(/cannot be in/);
});
