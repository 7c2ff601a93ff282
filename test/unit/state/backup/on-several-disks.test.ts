import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backup } from "../../../../src/state/backup/backup.js";
import { restore } from "../../../../src/state/backup/restore.js";
import { verify } from "../../../../src/state/backup/verify.js";
import type { Disk } from "../../../../src/state/disk/disk.js";
import { FolderDisk } from "../../../../src/state/disk/folder-disk.js";
import { RedundantDisk } from "../../../../src/state/redundancy/redundant-disk.js";
import { count, counted, inFolders } from "./scene.js";

const scene = inFolders("several-disks");
const small = { segmentBytes: 4096, checkpointBytes: 16 * 1024 };

/** Three folders as one disk. */
const three = (name: string): Disk =>
  new RedundantDisk(
    [1, 2, 3].map((number) => new FolderDisk(join(scene.root, `${name}-${number}`))),
    { parity: 1 },
  );

it("a store on several disks is copied to one folder, while it is in use and with one disk lost", async () => {
  const store = await scene.open(three("store"), small);
  await count(store, 1, 300);
  // As another process sees it, without the lock.
  await backup(three("store"), scene.to);
  await count(store, 301, 400);
  await store.close();
  rmSync(join(scene.root, "store-2"), { recursive: true });
  await backup(three("store"), scene.to);
  expect((await verify(scene.to)).map(({ problem }) => problem)).toEqual([undefined, undefined]);
  for (const [at, value] of [
    ["1", 300],
    ["2", 400],
  ] as const) {
    const folder = join(scene.root, `restored-${at}`);
    await restore(scene.to, folder, { at });
    const again = await scene.open(folder);
    expect(await counted(again)).toBe(value);
    await again.close();
  }
});

it("a backup is restored onto several disks, and loses nothing with one of them", async () => {
  const store = await scene.open(scene.store, small);
  await count(store, 1, 300);
  await store.close();
  await backup(scene.store, scene.to);
  await restore(scene.to, three("restored"));
  await expect(restore(scene.to, three("restored"))).rejects.toThrow(/has a store in it/);
  expect(await verify(three("restored"))).toMatchObject([{ what: "store", problem: undefined }]);
  rmSync(join(scene.root, "restored-3"), { recursive: true });
  const again = await scene.open(three("restored"), small);
  expect(await counted(again)).toBe(300);
  await again.close();
});

it("backups are kept on several disks, too", async () => {
  const store = await scene.open(scene.store, small);
  for (let round = 0; round < 3; round++) {
    await count(store, round * 50 + 1, round * 50 + 50);
    await backup(scene.store, three("kept"), { keep: { last: 2 } });
  }
  await store.close();
  rmSync(join(scene.root, "kept-1"), { recursive: true });
  expect((await verify(three("kept"))).map(({ problem }) => problem)).toEqual([undefined, undefined]);
  await restore(three("kept"), scene.restored);
  const again = await scene.open(scene.restored);
  expect(await counted(again)).toBe(150);
  await again.close();
});
