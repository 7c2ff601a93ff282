import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backup } from "../../../../src/state/backup/backup.js";
import { restore } from "../../../../src/state/backup/restore.js";
import { verify } from "../../../../src/state/backup/verify.js";
import type { Encryption } from "../../../../src/state/privacy/encryption.js";
import { count, counted, inFolders } from "./scene.js";

const scene = inFolders("sealed");
const keys: Record<string, Uint8Array> = { first: randomBytes(32), second: randomBytes(32) };
const withKey = (current: string, ...older: string[]): Encryption => ({
  current,
  key: (id) => ([current, ...older].includes(id) ? keys[id] : undefined),
});

function holds(folder: string, text: string): boolean {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return all.some((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

it("a sealed store stays sealed in its backups: no key is needed to copy, check and restore it, one to read it", async () => {
  const store = await scene.open(scene.store, { encryption: withKey("first") });
  await count(store, 1, 40);
  const made = await backup(scene.store, scene.to);
  await store.close();
  expect(made.keys).toEqual(["first"]);
  expect([holds(scene.store, "count is at"), holds(scene.to, "count is at")]).toEqual([false, false]);
  expect(await verify(scene.to)).toMatchObject([{ opened: false, problem: undefined }]);
  expect(await verify(scene.to, { encryption: withKey("first") })).toMatchObject([
    { opened: true, problem: undefined },
  ]);
  await restore(scene.to, scene.restored);
  await expect(scene.open(scene.restored)).rejects.toMatchObject({ code: "StoreDamaged", details: { keyId: "first" } });
  const again = await scene.open(scene.restored, { encryption: withKey("first") });
  expect(await counted(again)).toBe(40);
  await again.close();
});

it("a wrong or missing key is refused by its id, and never taken for damage", async () => {
  const store = await scene.open(scene.store, { encryption: withKey("first") });
  await count(store, 1, 10);
  await store.close();
  await backup(scene.store, scene.to);
  const missing = withKey("second");
  const wrong: Encryption = { current: "first", key: () => keys.second };
  for (const encryption of [missing, wrong]) {
    const refused = { code: "StoreDamaged", details: { keyId: "first", reason: "key" } };
    expect(await verify(scene.to, { encryption })).toMatchObject([{ problem: refused }]);
    expect(await verify(scene.store, { encryption })).toMatchObject([{ problem: refused }]);
    await expect(restore(scene.to, scene.restored, { encryption })).rejects.toMatchObject(refused);
    await expect(backup(scene.store, scene.to, { encryption })).rejects.toMatchObject(refused);
    await expect(scene.open(scene.store, { encryption })).rejects.toMatchObject(refused);
  }
});

it("after a rotation a backup names both keys until a checkpoint has taken the old one's place", async () => {
  const sizes = { segmentBytes: 1024, checkpointBytes: 64 * 1024 };
  let store = await scene.open(scene.store, { ...sizes, encryption: withKey("first") });
  await count(store, 1, 20);
  await store.close();
  store = await scene.open(scene.store, { ...sizes, encryption: withKey("second", "first") });
  await count(store, 21, 40);
  expect([...(await backup(scene.store, scene.to)).keys].sort()).toEqual(["first", "second"]);
  let last = 40;
  // A checkpoint is made beside whatever goes on.
  for (; existsSync(join(scene.store, "journal-1.log")); last += 100) await count(store, last + 1, last + 100);
  await store.close();
  expect((await backup(scene.store, scene.to)).keys).toEqual(["second"]);
  store = await scene.open(scene.store, { ...sizes, encryption: withKey("second") });
  expect(await counted(store)).toBe(last);
  await store.close();
  const both = { encryption: withKey("second", "first") };
  expect((await verify(scene.to, both)).map(({ problem }) => problem)).toEqual([undefined, undefined]);
});
