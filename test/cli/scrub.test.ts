import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArchive } from "holdfast/state";
import { expect, it, onTestFinished } from "vitest";
import { holdfast, startsInTests } from "./command-line.js";

startsInTests();

/** Three folders with a file over them. */
async function kept(): Promise<{ root: string; folders: string[]; bytes: Uint8Array }> {
  const root = mkdtempSync(join(tmpdir(), "holdfast-scrub-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folders = ["a", "b", "c"].map((name) => join(root, name));
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const archive = await openArchive(folders, { parity: 1 });
  await archive.put("model.onnx", bytes);
  await archive.close();
  return { root, folders, bytes };
}

function flip(folder: string, at: number): void {
  const path = join(folder, "model.onnx.shard");
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

it("holdfast scrub: finds what is damaged, and repairs it", async () => {
  const { folders } = await kept();
  const good = await holdfast(["scrub", ...folders]);
  expect([good.code, good.err]).toEqual([0, ""]);
  expect(good.out).toMatch(/^1 files, 300 kB on 3 disks: all good\n$/);

  flip(folders[1]!, 1000);
  const damaged = await holdfast(["scrub", folders.join(",")]);
  expect(damaged.code).toBe(1);
  expect(damaged.out).toContain(`model.onnx on ${folders[1]}: 1 of 2 blocks are damaged\n`);
  expect(damaged.out).toContain("--repair makes again what can be");

  const repaired = await holdfast(["scrub", ...folders, "--repair", "--json"]);
  expect(repaired.code).toBe(0);
  expect(JSON.parse(repaired.out)).toMatchObject({ findings: [{ path: "model.onnx", isRepaired: true }], lost: [] });
  expect((await holdfast(["scrub", ...folders])).code).toBe(0);
});

it("holdfast scrub: fills an empty folder in the place of a lost one, and says what is lost for good", async () => {
  const { root, folders, bytes } = await kept();
  rmSync(folders[0]!, { recursive: true });
  const away = await holdfast(["scrub", ...folders]);
  expect([away.code, away.out]).toEqual([1, expect.stringContaining(`${folders[0]}: it is not there`)]);

  const fresh = mkdtempSync(join(root, "new-"));
  const filled = await holdfast(["scrub", fresh, folders[1]!, folders[2]!, "--repair"]);
  expect(filled.code).toBe(0);
  expect(filled.err).toContain(`${fresh} is rebuilt. 3 of 3 disks have everything`);
  const archive = await openArchive([fresh, join(root, "away"), folders[2]!], { parity: 1 });
  expect(Buffer.compare(await archive.get("model.onnx"), bytes)).toBe(0);
  await archive.close();

  flip(fresh, 99_000);
  const lost = await holdfast(["scrub", fresh, join(root, "away"), folders[2]!]);
  expect(lost.code).toBe(1);
  expect(lost.out).toMatch(/model\.onnx is lost from byte \d+ to \d+: 1 of 3 shards are left there, and 2 are needed/);
});

it("holdfast scrub: says what to give", async () => {
  const { root, folders } = await kept();
  expect(await holdfast(["scrub", folders[0]!])).toMatchObject({
    code: 2,
    err: expect.stringContaining("all folders"),
  });
  const two = await holdfast(["scrub", ...folders.slice(1)]);
  expect([two.code, two.err]).toEqual([1, expect.stringContaining("is one of 3 disks with parity 1")]);
  const none = await holdfast(["scrub", join(root, "x"), join(root, "y")]);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining("is a disk of a redundant set")]);
  expect((await holdfast(["scrub", "--help"])).out).toContain("--repair");
});
