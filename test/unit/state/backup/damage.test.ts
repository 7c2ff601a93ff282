import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backup } from "../../../../src/state/backup/backup.js";
import { listBackups } from "../../../../src/state/backup/list-backups.js";
import { restore } from "../../../../src/state/backup/restore.js";
import { verify } from "../../../../src/state/backup/verify.js";
import { count, inFolders } from "./scene.js";

const scene = inFolders("damage");

/** Backups of a count up to each of these numbers. @returns their ids */
async function backedUp(...counts: number[]): Promise<string[]> {
  const store = await scene.open();
  const ids: string[] = [];
  let from = 1;
  for (const upTo of counts) {
    await count(store, from, upTo);
    from = upTo + 1;
    ids.push((await backup(scene.store, scene.to)).id);
  }
  await store.close();
  return ids;
}

function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return all.filter((path) => statSync(path).isFile()).sort();
}

const manifestOf = (id: string) => join(scene.to, `backup-${id}.manifest`);

it("every flipped byte of a backup is found, and it is not restored", async () => {
  await backedUp(3);
  const all = filesOf(scene.to);
  expect(all).toHaveLength(2);
  let tried = 0;
  for (const path of all) {
    const good = readFileSync(path);
    for (let at = 0; at < good.length; at++) {
      const changed = Uint8Array.from(good);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(path, changed);
      const [found] = await verify(scene.to);
      expect(found?.problem, `${path} at ${at}`).toMatchObject({ code: "StoreDamaged" });
      if (tried++ % 16 > 0) continue;
      await expect(restore(scene.to, scene.restored)).rejects.toMatchObject({ code: "StoreDamaged" });
      expect(existsSync(scene.restored)).toBe(false);
    }
    writeFileSync(path, good);
  }
  expect(tried).toBeGreaterThan(500);
  expect((await verify(scene.to))[0]?.problem).toBe(undefined);
});

it("every shorter and every longer file of a backup is found", async () => {
  await backedUp(3);
  for (const path of filesOf(scene.to)) {
    const good = readFileSync(path);
    const others = [...Array(good.length).keys()].filter((length) => length % 13 === 0).map((n) => good.subarray(0, n));
    for (const bytes of [...others, Buffer.concat([good, Buffer.of(0)])]) {
      writeFileSync(path, bytes);
      expect((await verify(scene.to))[0]?.problem).toMatchObject({ code: "StoreDamaged" });
    }
    rmSync(path);
    if (path.endsWith(".manifest")) await expect(verify(scene.to)).rejects.toThrow(/neither a store nor backups/);
    else expect((await verify(scene.to))[0]?.problem?.message).toMatch(/is missing/);
    writeFileSync(path, good);
  }
});

it("a restore that is refused says what is wrong and which backup is the newest good one", async () => {
  const ids = await backedUp(10, 20, 30);
  writeFileSync(manifestOf(ids[2]!), "holdfast");
  const refused = restore(scene.to, scene.restored);
  await expect(refused).rejects.toMatchObject({ code: "StoreDamaged", details: { newestGood: ids[1] } });
  await expect(refused).rejects.toThrow(`the newest good one is ${ids[1]}: --at ${ids[1]}`);
  for (const path of filesOf(join(scene.to, "parts"))) writeFileSync(path, "");
  await expect(restore(scene.to, scene.restored)).rejects.toThrow(/no other one there is good/);
  expect(existsSync(scene.restored)).toBe(false);
});

it("a backup of a newer format is refused as that", async () => {
  const [id] = await backedUp(3);
  const text = readFileSync(manifestOf(id!), "utf8").replace("holdfast backup 1", "holdfast backup 9");
  const covered = text.slice(0, text.lastIndexOf("sha256"));
  writeFileSync(manifestOf(id!), `${covered}sha256 ${createHash("sha256").update(covered).digest("hex")}\n`);
  await expect(restore(scene.to, scene.restored)).rejects.toThrow(/is of format 9, this holdfast reads 1/);
});

it("while a manifest cannot be read nothing that it may need is removed", async () => {
  const ids = await backedUp(10, 20);
  const good = readFileSync(manifestOf(ids[0]!));
  writeFileSync(manifestOf(ids[0]!), good.subarray(0, 100));
  const store = await scene.open();
  await count(store, 21, 30);
  await store.close();
  const { removed, freedBytes, problems } = await backup(scene.store, scene.to, { keep: { last: 1 } });
  expect([removed, freedBytes, problems.length]).toEqual([[ids[1]], 0, 1]);
  expect((await listBackups(scene.to))[0]?.error?.message).toMatch(/is damaged/);
  writeFileSync(manifestOf(ids[0]!), good);
  expect((await verify(scene.to)).map(({ problem }) => problem)).toEqual([undefined, undefined]);
  await backup(scene.store, scene.to, { keep: { last: 1 } });
  expect(await verify(scene.to)).toHaveLength(1);
});

it("nothing is restored over anything", async () => {
  await backedUp(10);
  await expect(restore(scene.to, scene.store)).rejects.toThrow(/store has a store in it: restore into an empty folder/);
  mkdirSync(scene.restored);
  writeFileSync(join(scene.restored, "notes.txt"), "mine");
  await expect(restore(scene.to, scene.restored)).rejects.toThrow(/is not empty \(notes\.txt\)/);
  rmSync(join(scene.restored, "notes.txt"));
  mkdirSync(join(scene.restored, "restoring"));
  writeFileSync(join(scene.restored, "restoring", "journal-1.log"), "half of one that was killed");
  await restore(scene.to, scene.restored);
  const names = readdirSync(scene.restored);
  expect(names.filter((name) => !/^(journal|checkpoint)-/.test(name))).toEqual([]);
  expect((await verify(scene.restored))[0]?.problem).toBe(undefined);
});
