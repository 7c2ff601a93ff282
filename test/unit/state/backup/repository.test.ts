import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { backupDisk } from "../../../../src/state/backup/backup-disk.js";
import type { Manifest } from "../../../../src/state/backup/manifest.js";
import { Repository, sha256 } from "../../../../src/state/backup/repository.js";
import { FolderDisk } from "../../../../src/state/disk/folder-disk.js";

let root = "";
let to = "";
let repository: Repository;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-repository-"));
});
beforeEach(() => {
  to = mkdtempSync(join(root, "to-"));
  repository = new Repository(new FolderDisk(to));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);
const partPath = (sum: string) => join(to, "parts", sum.slice(0, 2), sum);

async function put(text: string, partBytes: number): Promise<string[]> {
  const sums: string[] = [];
  for (let at = 0; at < text.length; at += partBytes) {
    const piece = bytesOf(text.slice(at, at + partBytes));
    await repository.put(piece, sha256(piece), false);
    sums.push(sha256(piece));
  }
  return sums;
}

async function backedUp(number: number, text: string): Promise<Manifest> {
  const parts = await put(text, 4);
  const file = { name: "journal-1.log", bytes: text.length, sha256: sha256(bytesOf(text)), parts };
  const manifest = { number, at: Date.parse("2026-05-01T12:00:00Z"), partBytes: 4, keys: [], files: [file] };
  await repository.commit(manifest);
  return manifest;
}

it("a piece is stored once, whoever needs it", async () => {
  const lock = await repository.take();
  const piece = bytesOf("a piece");
  expect(await repository.put(piece, sha256(piece), false)).toBe(7);
  expect(await repository.put(piece, sha256(piece), false)).toBe(0);
  expect(await repository.part(sha256(piece), 7)).toEqual(Buffer.from(piece));
  await lock.release();
});

it("a backup is a disk: any range of any file is read from its pieces", async () => {
  const lock = await repository.take();
  const text = "abcdefghij";
  const disk = backupDisk(repository, await backedUp(1, text), "the backup");
  expect(await disk.list("")).toEqual(["journal-1.log"]);
  expect(await disk.size("journal-1.log")).toBe(10);
  for (let from = 0; from <= text.length + 1; from++) {
    for (let length = 0; length <= text.length + 1; length++) {
      const read = Buffer.from(await disk.read("journal-1.log", from, length)).toString();
      expect(read).toBe(text.slice(from, from + length));
    }
  }
  await expect(disk.read("journal-2.log", 0, 1)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(disk.remove("journal-1.log")).rejects.toThrow(/it can only be read/);
  await lock.release();
});

it("backups are listed by number, and a manifest that has another's name is refused", async () => {
  const lock = await repository.take();
  for (const number of [2, 10, 1, 1_234_567]) await backedUp(number, "x");
  const names = await repository.names();
  expect(names.map((name) => name.slice(0, 14))).toEqual([
    "backup-000001-",
    "backup-000002-",
    "backup-000010-",
    "backup-1234567",
  ]);
  writeFileSync(join(to, names[0]!.replace("000001", "000003")), readFileSync(join(to, names[0]!)));
  await expect(repository.manifest(names[0]!.replace("000001", "000003"))).rejects.toThrow(
    /was written as backup-000001/,
  );
  await lock.release();
});

it("a folder that is not there has no backups, and is not made by looking", async () => {
  const none = new Repository(new FolderDisk(join(to, "none")));
  expect(await none.names()).toEqual([]);
  expect(readdirSync(to)).toEqual([]);
});

it("a damaged, shortened, longer or missing piece is found when it is read, and written anew when asked", async () => {
  const lock = await repository.take();
  const [sum] = await put("good", 4);
  const write = (text: string) => () => writeFileSync(partPath(sum!), text);
  for (const damage of [write("evil"), write("goo"), write("good!"), write(""), () => unlinkSync(partPath(sum!))]) {
    damage();
    await expect(repository.part(sum!, 4)).rejects.toMatchObject({ code: "StoreDamaged" });
    expect(await repository.put(bytesOf("good"), sum!, true)).toBe(4);
    expect(Buffer.from(await repository.part(sum!, 4)).toString()).toBe("good");
  }
  await lock.release();
});

it("what a backup that did not end has left goes with the next, what is in use and what is a stranger's stays", async () => {
  writeFileSync(join(to, "new-1.tmp"), "half a piece");
  writeFileSync(join(to, "notes.txt"), "mine");
  const lock = await repository.take();
  const [used] = await put("used", 4);
  const [orphan] = await put("gone", 4);
  mkdirSync(join(to, "parts", "zz"));
  writeFileSync(join(to, "parts", "zz", "stranger"), "?");
  expect(await repository.collect(new Set([used!]))).toBe(4);
  await expect(repository.part(orphan!, 4)).rejects.toThrow(/is missing/);
  expect(Buffer.from(await repository.part(used!, 4)).toString()).toBe("used");
  await lock.release();
  expect(readdirSync(to).sort()).toEqual(["notes.txt", "parts"]);
  expect(readdirSync(join(to, "parts", "zz"))).toEqual(["stranger"]);
});

it("two backups into one folder at once: the second is refused with the first one's pid", async () => {
  const lock = await repository.take();
  await expect(new Repository(new FolderDisk(to)).take()).rejects.toMatchObject({
    code: "StoreInUse",
    details: { pid: process.pid },
  });
  await lock.release();
  await (await new Repository(new FolderDisk(to)).take()).release();
});
