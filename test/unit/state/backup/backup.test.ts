import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type BackupResult, backup } from "../../../../src/state/backup/backup.js";
import { listBackups } from "../../../../src/state/backup/list-backups.js";
import { restore } from "../../../../src/state/backup/restore.js";
import { verify } from "../../../../src/state/backup/verify.js";
import { count, counted, inFolders } from "./scene.js";

const scene = inFolders("backup");
const clockAt = (time: string) => ({ wallTime: () => Date.parse(time) });
const small = { segmentBytes: 2048, checkpointBytes: 8192 };

async function restoredCount(at?: string): Promise<number> {
  rmSync(scene.restored, { recursive: true, force: true });
  await restore(scene.to, scene.restored, at === undefined ? {} : { at });
  const store = await scene.open(scene.restored);
  const value = await counted(store);
  await store.close();
  return value;
}

async function problems(): Promise<unknown[]> {
  return (await verify(scene.to)).map(({ problem }) => problem?.message).filter(Boolean);
}

/** Every file below a folder with its bytes. */
function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

it("a backup of an open store is what was acknowledged before it, and any of several is restored", async () => {
  const store = await scene.open(scene.store, small);
  const counts = [7, 35, 36, 240];
  const made: BackupResult[] = [];
  for (const [index, upTo] of counts.entries()) {
    await count(store, (counts[index - 1] ?? 0) + 1, upTo);
    made.push(await backup(scene.store, scene.to));
  }
  await store.close();
  for (const [index, { number }] of made.entries()) expect(await restoredCount(String(number))).toBe(counts[index]);
  expect(await restoredCount()).toBe(240);
  expect(await problems()).toEqual([]);
});

it("what is there already is not written again", async () => {
  const store = await scene.open();
  await count(store, 1, 5000);
  const first = await backup(scene.store, scene.to);
  expect(first.newBytes).toBe(first.bytes);
  const second = await backup(scene.store, scene.to);
  expect([second.bytes, second.newBytes]).toEqual([first.bytes, 0]);
  await count(store, 5001, 5001);
  await store.close();
  const third = await backup(scene.store, scene.to);
  expect(third.bytes).toBeGreaterThan(first.bytes);
  expect(await problems()).toEqual([]);
  const kept = allFiles(scene.to).reduce((sum, path) => sum + statSync(path).size, 0);
  expect(kept).toBeLessThan(3 * first.bytes);
});

it("what a policy does not keep goes with its pieces, what it keeps stays whole", async () => {
  const store = await scene.open(scene.store, small);
  const ids: string[] = [];
  for (let hour = 0; hour < 6; hour++) {
    await count(store, hour * 60 + 1, hour * 60 + 60);
    const clock = clockAt(`2026-05-01T0${hour}:30Z`);
    const { id, removed } = await backup(scene.store, scene.to, { keep: { hourly: 2 }, clock });
    expect(removed).toEqual(hour < 2 ? [] : [ids.at(-2)]);
    ids.push(id);
  }
  await store.close();
  expect((await listBackups(scene.to)).map(({ id }) => id)).toEqual(ids.slice(-2));
  expect(await problems()).toEqual([]);
  expect(await restoredCount(ids.at(-2))).toBe(300);
  expect(await restoredCount()).toBe(360);
  const last = (await listBackups(scene.to)).reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = allFiles(join(scene.to, "parts")).reduce((sum, path) => sum + statSync(path).size, 0);
  expect(parts).toBeLessThanOrEqual(last);
});

it("a clock that was put back lets the newest backup be the newest", async () => {
  const store = await scene.open();
  await count(store, 1, 10);
  await backup(scene.store, scene.to, { clock: clockAt("2026-05-01T12:00Z") });
  await count(store, 11, 20);
  await store.close();
  const { id } = await backup(scene.store, scene.to, { clock: clockAt("1970-01-01T00:00Z"), keep: { last: 1 } });
  expect((await listBackups(scene.to)).map((one) => one.id)).toEqual([id]);
  expect(await restoredCount()).toBe(20);
});

it("a time chooses the last backup that was made by then", async () => {
  const store = await scene.open();
  for (const day of [1, 2, 3]) {
    await count(store, day * 10 - 9, day * 10);
    await backup(scene.store, scene.to, { clock: clockAt(`2026-05-0${day}T12:00:00.900Z`) });
  }
  await store.close();
  expect(await restoredCount("2026-05-02")).toBe(20);
  expect(await restoredCount("2026-05-02T11:59Z")).toBe(10);
  expect(await restoredCount("2026-05-02T12:00:01Z")).toBe(20);
  expect(await restoredCount("2026-05-02T14:00:01+02:00")).toBe(20);
  expect(await restoredCount("2030-01-01")).toBe(30);
  expect(await restoredCount("000001-20260501T120000Z")).toBe(10);
  const refused = (at: string) => restore(scene.to, join(scene.root, "none"), { at });
  await expect(refused("2026-04-30")).rejects.toThrow(/no backup of 2026-04-30 or before: the first is 000001-2026/);
  await expect(refused("7")).rejects.toThrow(/no backup 7: there are 000001-.* to 000003-/);
  await expect(refused("2026-13-01")).rejects.toThrow(/"2026-13-01" is neither a backup nor a time/);
  await expect(refused("noon")).rejects.toMatchObject({ code: "InvalidSpec" });
});

it("a damaged piece that a new backup needs is written anew while the store still has it", async () => {
  const store = await scene.open();
  await count(store, 1, 100);
  await store.close();
  await backup(scene.store, scene.to);
  const [piece] = allFiles(join(scene.to, "parts"));
  const bytes = readFileSync(piece!);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(piece!, bytes);
  expect(await problems()).toHaveLength(1);
  const { newBytes } = await backup(scene.store, scene.to);
  expect(newBytes).toBe(bytes.length);
  expect(await problems()).toEqual([]);
});

it("a damaged store is not backed up: its good backups stay, and it says where", async () => {
  const store = await scene.open(scene.store, small);
  await count(store, 1, 100);
  await store.close();
  const { id } = await backup(scene.store, scene.to);
  const journal = allFiles(scene.store)[0]!;
  const bytes = readFileSync(journal);
  bytes[400]! ^= 1;
  writeFileSync(journal, bytes);
  await expect(backup(scene.store, scene.to, { keep: { last: 1 } })).rejects.toMatchObject({ code: "StoreDamaged" });
  expect(await verify(scene.store)).toMatchObject([{ what: "store", problem: { code: "StoreDamaged" } }]);
  expect((await listBackups(scene.to)).map((one) => one.id)).toEqual([id]);
  expect(await problems()).toEqual([]);
});

it("a torn tail of the store is not taken along, and is no damage", async () => {
  const store = await scene.open();
  await count(store, 1, 25);
  const whole = await backup(scene.store, scene.to);
  const cut = join(scene.root, "cut");
  cpSync(scene.store, cut, { recursive: true, filter: (path) => !path.includes("LOCK") });
  await store.close();
  truncateSync(join(cut, "journal-1.log"), whole.bytes - 3);
  expect(await verify(cut)).toMatchObject([{ problem: undefined, records: 24, tornBytes: expect.any(Number) }]);
  await backup(cut, scene.to);
  expect(await restoredCount()).toBe(24);
  expect(await restoredCount("1")).toBe(25);
});

it("what is no store, or has the backups in it, is refused before anything is made", async () => {
  await expect(backup(join(scene.root, "none"), scene.to)).rejects.toThrow(/none has no store in it/);
  await expect(backup(scene.store, join(scene.store, "backups"))).rejects.toThrow(/cannot be in .*a folder beside it/);
  await expect(backup(scene.store, scene.store)).rejects.toMatchObject({ code: "InvalidSpec" });
  await expect(backup(scene.store, scene.to, { keep: { hourly: -1 } })).rejects.toThrow(/keep\.hourly is -1/);
  await expect(verify(join(scene.root, "none"))).rejects.toThrow(/neither a store nor backups/);
  await expect(restore(join(scene.root, "none"), scene.restored)).rejects.toThrow(/has no backup/);
});

it("a backup that is ended leaves none, and the next one uses what it copied", async () => {
  const store = await scene.open();
  await count(store, 1, 50_000);
  await store.close();
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  const ended = backup(scene.store, scene.to, { signal: stop.signal, onProgress });
  await expect(ended).rejects.toMatchObject({ code: "Cancelled" });
  expect(await listBackups(scene.to)).toEqual([]);
  const made = await backup(scene.store, scene.to);
  expect(made.newBytes).toBeLessThan(made.bytes);
  expect(await problems()).toEqual([]);
  const half = restore(scene.to, scene.restored, { signal: stop.signal });
  await expect(half).rejects.toMatchObject({ code: "Cancelled" });
  expect(await restoredCount()).toBe(50_000);
});

it("progress is told up to the last byte", async () => {
  const store = await scene.open();
  await count(store, 1, 30_000);
  await store.close();
  const told: string[] = [];
  const onProgress = ({ phase, bytes, totalBytes }: { phase: string; bytes: number; totalBytes: number }) => {
    told.push(`${phase} ${bytes === totalBytes ? "done" : bytes < totalBytes ? "…" : "too far"}`);
  };
  await backup(scene.store, scene.to, { onProgress });
  await restore(scene.to, scene.restored, { onProgress });
  const steps = told.filter((step, index) => step !== told[index - 1]);
  expect(steps).toEqual([
    "copy …",
    "copy done",
    "check …",
    "check done",
    "check …",
    "check done",
    "restore …",
    "restore done",
  ]);
});
