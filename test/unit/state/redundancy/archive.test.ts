import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openArchive } from "../../../../src/state/redundancy/archive.js";

function scratch(): { root: string; folders: string[] } {
  const root = mkdtempSync(join(tmpdir(), "holdfast-archive-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { root, folders: [1, 2, 3, 4].map((i) => join(root, `sd${i}`)) };
}

const model = Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * i) & 255);

it("keeps files from disk and memory, and writes them out again, whichever two of four folders are lost", async () => {
  const { root, folders } = scratch();
  writeFileSync(join(root, "model.onnx"), model);
  const archive = await openArchive(folders, { parity: 2 });
  await archive.put("model.onnx", join(root, "model.onnx"));
  await archive.put("labels 1.txt", Buffer.from("cat\ndog"));
  await archive.put("empty", new Uint8Array());
  expect(await archive.list()).toEqual(["empty", "labels 1.txt", "model.onnx"]);
  await archive.close();
  // Twice the size, over all of them.
  const stored = folders.map((folder) => statSync(join(folder, "model.onnx.shard")).size);
  expect(stored.reduce((sum, size) => sum + size, 0) / model.length).toBeCloseTo(2, 2);
  for (const [one, other] of [
    [0, 1],
    [0, 3],
    [2, 3],
    [1, 2],
  ] as const) {
    for (const i of [one, other]) rmSync(folders[i]!, { recursive: true });
    const left = folders.map((folder, i) => (i === one || i === other ? mkdtempSync(join(root, "new-")) : folder));
    const again = await openArchive(left, { parity: 2 });
    const out = join(root, `out-${one}${other}`);
    await again.extract(out);
    expect(readdirSync(out).sort()).toEqual(["empty", "labels 1.txt", "model.onnx"]);
    expect(Buffer.compare(readFileSync(join(out, "model.onnx")), model)).toBe(0);
    expect(readFileSync(join(out, "labels 1.txt"), "utf8")).toBe("cat\ndog");
    expect(readFileSync(join(out, "empty"))).toHaveLength(0);
    await again.close();
    folders.splice(0, 4, ...left);
  }
});

it("replaces and removes, and is one process's at a time", async () => {
  const { folders } = scratch();
  const archive = await openArchive(folders, { parity: 1 });
  await archive.put("a", Buffer.from("one"));
  await archive.put("a", Buffer.from("two, longer"));
  expect(Buffer.from(await archive.get("a")).toString()).toBe("two, longer");
  await expect(openArchive(folders, { parity: 1 })).rejects.toMatchObject({ code: "StoreInUse" });
  await archive.remove("a");
  expect(await archive.list()).toEqual([]);
  await expect(archive.get("a")).rejects.toMatchObject({
    code: "StoreFailed",
    message: expect.stringContaining("none"),
  });
  await archive.close();
  for (const folder of folders) expect(readdirSync(folder)).toEqual(["redundancy.json"]);
});

it("refuses names that lead elsewhere, and leaves nothing half written", async () => {
  const { root, folders } = scratch();
  const archive = await openArchive(folders, { parity: 1 });
  for (const name of ["../x", "a/b", ".hidden", "", "a\0b", 5 as never]) {
    await expect(archive.put(name, Buffer.from("x"))).rejects.toMatchObject({ code: "InvalidValue" });
  }
  await expect(archive.put("a", join(root, "nothing"))).rejects.toMatchObject({ code: "ENOENT" });
  expect(await archive.list()).toEqual([]);
  await archive.put("a", Buffer.from("one"));
  for (const folder of folders.slice(0, 2)) {
    const path = join(folder, "a.shard");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
  }
  await expect(archive.extract(join(root, "out"))).rejects.toMatchObject({ code: "StoreDamaged" });
  expect(readdirSync(join(root, "out"))).toEqual([]);
  await archive.close();
});

it("says what is wrong where a folder cannot be made", async () => {
  const { root, folders } = scratch();
  const given = [...folders.slice(0, 2), join(root, "not mounted", "x")];
  await expect(openArchive(given, { parity: 1 })).rejects.toMatchObject({ code: "StoreFailed" });
});
