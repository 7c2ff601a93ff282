import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkEncryption } from "../../../../src/state/privacy/encryption.js";
import { keyFile } from "../../../../src/state/privacy/key-file.js";
import { sealKnown, sealNew } from "../../../../src/state/privacy/sealing.js";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-key-file-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(root, name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

it("keys lie in files as bytes, hex or base64; the same key has the same id in each form", async () => {
  const key = randomBytes(32);
  const forms = [
    put("bytes", key),
    put("hex", `${key.toString("hex")}\n`),
    put("base64", `${key.toString("base64")}\r\n`),
  ];
  const ids = await Promise.all(forms.map(async (path) => (await keyFile(path)).current));
  expect(new Set(ids).size).toBe(1);
  expect(key.toString("hex")).not.toContain(ids[0]);
  checkEncryption(await keyFile(forms[0]!), "encryption");
});

it("a rotation gives the new file first and the old one after it", async () => {
  const old = put("old", randomBytes(32));
  const { header } = await sealNew(await keyFile(old), "journal 1", "journal-1.log");
  const both = await keyFile(put("new", randomBytes(32)), old);
  await sealKnown(both, header, "journal 1", "journal-1.log");
  const alone = await keyFile(join(root, "new"));
  await expect(sealKnown(alone, header, "journal 1", "journal-1.log")).rejects.toMatchObject({ code: "StoreDamaged" });
});

it("a file that others may read, that is none or holds no key is refused by name", async () => {
  const open = put("open", randomBytes(32), 0o640);
  await expect(keyFile(open)).rejects.toThrow(
    `the key file ${open} has mode 640, others may read it: chmod 600 ${open}`,
  );
  await expect(keyFile(join(root, "nowhere"))).rejects.toThrow(/nowhere cannot be read: ENOENT/);
  await expect(keyFile(root)).rejects.toMatchObject({ code: "InvalidSpec" });
  const short = put("short", randomBytes(31));
  await expect(keyFile(short)).rejects.toThrow(`the key file ${short} has a length of 31`);
  await expect(keyFile(put("long", randomBytes(5000)))).rejects.toThrow(/has 5000 bytes/);
  await expect(keyFile(put("empty", ""))).rejects.toMatchObject({ code: "InvalidSpec" });
});

it("options of encryption are checked by name", () => {
  const check = (value: unknown) => () => checkEncryption(value as never, "files.encryption");
  expect(check({ current: "k", key: "secret" })).toThrow(/^files\.encryption\.key is no function: give one from a/);
  expect(check({ current: "", key: () => "" })).toThrow(/files\.encryption\.current is ""/);
  expect(check({ curent: "k", key: () => "" })).toThrow(/did you mean "current"/);
  expect(check("key")).toThrow(/give an object with options/);
});
