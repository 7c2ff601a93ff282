import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { isHoldfastError } from "../../../../src/errors.js";
import type { Encryption } from "../../../../src/state/privacy/encryption.js";
import { sealKnown, sealNew } from "../../../../src/state/privacy/sealing.js";

const keys: Record<string, Uint8Array> = { old: randomBytes(32), new: randomBytes(32) };
const encryption: Encryption = { current: "old", key: (id) => keys[id] };
const text = (value: string) => new TextEncoder().encode(value);
const read = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it("a record opens again with the file's header and the key, and nowhere else", async () => {
  const { header, sealer } = await sealNew(encryption, "journal 1", "journal-1.log");
  const sealed = sealer.seal(text("a secret"), 100);
  expect(sealed.length).toBe(8 + sealer.overhead);
  expect(Buffer.from(sealed).includes("secret")).toBe(false);
  const again = await sealKnown(encryption, header, "journal 1", "journal-1.log");
  expect(read(again.open(sealed, 100))).toBe("a secret");
  expect(() => again.open(sealed, 101)).toThrow(/journal-1\.log: the record at 101 does not open with the key "old"/);
  const elsewhere = await sealKnown(encryption, header, "journal 2", "journal-2.log");
  expect(() => elsewhere.open(sealed, 100)).toThrow(/does not open/);
  const twin = await sealNew(encryption, "journal 1", "journal-1.log");
  expect(() => twin.sealer.open(sealed, 100)).toThrow(/does not open/);
});

it("an empty record is sealed too, and every changed or missing byte of a sealed one is found", async () => {
  const { sealer } = await sealNew(encryption, "checkpoint 1", "checkpoint-1.ckpt");
  expect(sealer.open(sealer.seal(new Uint8Array(), 0), 0).length).toBe(0);
  const sealed = sealer.seal(text("whole"), 7);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at]! ^= 1;
    expect(() => sealer.open(changed, 7)).toThrow(/does not open/);
    expect(() => sealer.open(sealed.subarray(0, at), 7)).toThrow(/does not open/);
  }
});

it("two records at one position of one file never share a nonce: a torn tail was cut off between them", async () => {
  const { header, sealer } = await sealNew(encryption, "journal 1", "journal-1.log");
  const seen = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    const one = i % 2 === 0 ? sealer : await sealKnown(encryption, header, "journal 1", "journal-1.log");
    seen.add(Buffer.from(one.seal(text("the same"), 100).subarray(0, 12)).toString("hex"));
  }
  expect(seen.size).toBe(1000);
});

it("after a rotation new files take the new key, and old ones open while theirs is given", async () => {
  const before = await sealNew(encryption, "journal 1", "journal-1.log");
  const sealed = before.sealer.seal(text("kept"), 0);
  const rotated: Encryption = { ...encryption, current: () => "new" };
  expect((await sealNew(rotated, "journal 2", "journal-2.log")).sealer.keyId).toBe("new");
  const old = await sealKnown(rotated, before.header, "journal 1", "journal-1.log");
  expect(read(old.open(sealed, 0))).toBe("kept");
});

it("a missing key, a wrong one and none at all are refused by the key's id", async () => {
  const { header } = await sealNew(encryption, "journal 1", "journal-1.log");
  const open = (given: Encryption | undefined) => sealKnown(given, header, "journal 1", "/app/journal-1.log");
  const damaged = { code: "StoreDamaged", details: { file: "/app/journal-1.log", keyId: "old", reason: "key" } };
  await expect(open({ ...encryption, key: () => undefined })).rejects.toMatchObject(damaged);
  await expect(open({ ...encryption, key: () => keys.new })).rejects.toMatchObject(damaged);
  await expect(open(undefined)).rejects.toMatchObject(damaged);
  await expect(open({ ...encryption, key: () => keys.new })).rejects.toThrow(/"old", and the key given .* is another/);
  await expect(sealNew({ ...encryption, current: "gone" }, "x", "x")).rejects.toThrow(/the key "gone" is .*current/);
  await expect(sealNew({ ...encryption, current: "a b" }, "x", "x")).rejects.toMatchObject({ code: "InvalidSpec" });
});

it("a header that is damaged or of a newer kind is told as that, not as a wrong key", async () => {
  const { header } = await sealNew(encryption, "journal 1", "journal-1.log");
  const newer = Uint8Array.from(header);
  newer[0] = 2;
  await expect(sealKnown(encryption, newer, "journal 1", "j")).rejects.toThrow(/sealed in a newer way/);
  for (let length = 0; length < header.length; length++) {
    const error = await sealKnown(encryption, header.subarray(0, length), "journal 1", "j").catch((e: unknown) => e);
    expect(isHoldfastError(error, "StoreDamaged")).toBe(true);
    expect((error as Error).message).toMatch(/damaged header/);
  }
});

it("a key is 32 bytes, their hex or their base64, and nothing of a refused one is told", async () => {
  const bytes = createHash("sha256").update("a key").digest();
  const sealWith = (key: unknown) => sealNew({ current: "k", key: () => key as string }, "x", "x");
  const { header, sealer } = await sealWith(bytes);
  const sealed = sealer.seal(text("one"), 0);
  for (const key of [
    bytes.toString("hex"),
    `${bytes.toString("hex")}\n`,
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ]) {
    const again = await sealKnown({ current: "k", key: () => key }, header, "x", "x");
    expect(read(again.open(sealed, 0))).toBe("one");
  }
  for (const key of ["hunter2-hunter2", bytes.subarray(1), 7, null, {}]) {
    const error: unknown = await sealWith(key).catch((e: unknown) => e);
    expect(isHoldfastError(error, "InvalidSpec")).toBe(true);
    expect((error as Error).message).not.toMatch(/hunter2/);
  }
});
