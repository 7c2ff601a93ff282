import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Encryption, files, keyFile } from "holdfast/state";
import { afterAll, beforeEach, expect, it } from "vitest";
import { holdfast, startsInTests } from "./command-line.js";

const start = startsInTests();
const top = mkdtempSync(join(tmpdir(), "holdfast-backup-cli-"));
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(top, "test-"));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const around = { clock: { now: () => 0, wallTime: () => 0, after: () => ({ cancel() {} }) }, tell() {} };

/** A store with these many changes in it. */
async function stored(changes: number, options: { encryption?: Encryption; bytes?: number } = {}): Promise<string> {
  const folder = join(root, "store");
  const { encryption, bytes = 10 } = options;
  const store = await files(folder, { sync: "lost-at-power-cut", ...(encryption && { encryption }) }).open(around);
  for (let seq = 1; seq <= changes; seq++) {
    await store.append([{ kind: "tail", id: "a", seq, data: new Uint8Array(bytes) }]);
  }
  await store.close();
  return folder;
}

it("holdfast backup, verify and restore: a store comes back as it was", async () => {
  const store = await stored(20);
  const to = join(root, "backups");
  const made = await holdfast(["backup", store, to, "--keep", "last=2,daily=7"]);
  expect(made.err).toBe("");
  expect(made.out).toMatch(/^backup 000001-\d{8}T\d{6}Z: 1\.\d kB in 2 files, 1\.\d kB of it new\n$/);
  const again = await holdfast(["backup", store, to, "--json"]);
  expect(JSON.parse(again.out)).toMatchObject({ number: 2, newBytes: 0, removed: [], problems: [], keys: [] });
  const listed = await holdfast(["backup", "--list", to]);
  expect(listed.out).toMatch(/^000001-\S+ {2}\d{4}-\S+Z {2}1\.\d kB\n000002-\S+ {2}\S+ {2}1\.\d kB\n$/);

  expect((await holdfast(["verify", store])).out).toMatch(/^the store: good, 1\.\d kB in 2 files, 20 records\n$/);
  expect((await holdfast(["verify", to])).out.split("\n")).toHaveLength(3);
  const folder = join(root, "restored");
  const restored = await holdfast(["restore", to, folder, "--at", "1"]);
  expect([restored.code, restored.err]).toEqual([0, ""]);
  expect(restored.out).toMatch(/^restored 000001-\S+ of \S+Z: 1\.\d kB in /);
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(store, name)));
  }
});

it("several folders that are one store are named with commas", async () => {
  const store = await stored(20);
  const to = join(root, "backups");
  await holdfast(["backup", store, to]);
  const several = ["a", "b", "c"].map((name) => join(root, name));
  const refused = await holdfast(["restore", to, several.join(",")]);
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringMatching(/is of a redundant set: give the folders of one, or parity/),
  ]);
  const restored = await holdfast(["restore", to, several.join(","), "--parity", "1"]);
  expect([restored.err, restored.code]).toEqual(["", 0]);
  rmSync(several[1]!, { recursive: true });
  expect((await holdfast(["verify", several.join(",")])).out).toMatch(/^the store: good, .* 20 records\n$/);
  expect((await holdfast(["backup", several.join(","), to])).out).toMatch(/^backup 000002-.* 0 bytes of it new\n$/);
});

it("a parity of one folder is refused, and nothing is written", async () => {
  const to = join(root, "one");
  const { code, err } = await holdfast(["restore", join(root, "backups"), to, "--parity", "1"]);
  expect([code, err]).toEqual([2, expect.stringContaining(`--parity is for several folders: a,b,c; "${to}" is one`)]);
  expect(existsSync(to)).toBe(false);
});

it("what is damaged ends them with code 1, and says which backup is good", async () => {
  const store = await stored(5);
  const to = join(root, "backups");
  await holdfast(["backup", store, to]);
  await holdfast(["backup", store, to]);
  const last = readdirSync(to).findLast((name) => name.endsWith(".manifest"))!;
  writeFileSync(join(to, last), "x");
  const [verified, listed, restored] = await Promise.all([
    holdfast(["verify", to, "--json"]),
    holdfast(["backup", "--list", to]),
    holdfast(["restore", to, join(root, "restored")]),
  ]);
  expect(verified.code).toBe(1);
  const lines = verified.out.trim().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { problem?: string }).problem)).toEqual([
    undefined,
    expect.stringMatching(/is damaged: it is no manifest/),
  ]);
  expect([listed.code, listed.out]).toEqual([1, expect.stringMatching(/\n000002-\S+ {2}\S+ is damaged/)]);
  expect([restored.code, restored.err]).toEqual([
    1,
    expect.stringMatching(/^holdfast: StoreDamaged: .*the newest good one is 000001-\S+: --at 000001-/),
  ]);
});

it("keys come from files: a wrong one is refused by its id, a file that others may read by its mode", async () => {
  const path = join(root, "state.key");
  writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  const encryption = await keyFile(path);
  const store = await stored(5, { encryption });
  const other = join(root, "other.key");
  writeFileSync(other, randomBytes(32), { mode: 0o600 });
  const open = join(root, "open.key");
  writeFileSync(open, randomBytes(32), { mode: 0o644 });
  const [none, right, wrong, both, readable] = await Promise.all([
    holdfast(["verify", store]),
    holdfast(["verify", store, "--key-file", path]),
    holdfast(["verify", store, "--key-file", other]),
    holdfast(["verify", store, "--key-file", other, "--key-file", path]),
    holdfast(["verify", store, "--key-file", open]),
  ]);
  expect([none.code, none.out]).toEqual([
    0,
    expect.stringMatching(/records, sealed records not opened: give --key-file/),
  ]);
  expect([right.code, right.out]).toEqual([0, expect.stringMatching(/5 records\n$/)]);
  expect([wrong.code, wrong.out]).toEqual([1, expect.stringMatching(`sealed with the key "${encryption.current}"`)]);
  expect(both.code).toBe(0);
  expect([readable.code, readable.err]).toEqual([1, expect.stringMatching(/has mode 644, others may read it/)]);
});

it("wrong words are told with exit code 2, and each has its help", async () => {
  const wrong: [string[], RegExp][] = [
    [["backup"], /give a store and a folder of backups/],
    [["backup", "a", "b", "c"], /see: holdfast backup --help/],
    [["backup", "a", "b", "--keep", "hourly"], /--keep has "hourly": give last=N, hourly=N/],
    [["backup", "a", "b", "--keep", "hourly=x"], /"x": give a whole number/],
    [["backup", "a", "b", "--keep", "yearly=1"], /--keep has "yearly=1"/],
    [["restore", "a"], /give a folder of backups and an empty folder/],
    [["verify"], /give the folder of a store, or of backups/],
    [["verify", "a", "--deep"], /Unknown option '--deep'/],
  ];
  const ended = await Promise.all(wrong.map(([args]) => holdfast(args)));
  for (const [index, { code, err }] of ended.entries()) {
    expect([code, err]).toEqual([2, expect.stringMatching(wrong[index]![1])]);
  }
  for (const command of ["backup", "restore", "verify"]) {
    const { code, out } = await holdfast([command, "--help"]);
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^holdfast ${command} `))]);
  }
});

it("Ctrl-C ends a backup with code 130, and nothing of it is listed", async () => {
  const store = await stored(100, { bytes: 1024 * 1024 });
  const to = join(root, "backups");
  const command = start(["backup", store, to]);
  // As soon as the first piece is there.
  while (!partsIn(to)) await new Promise((resolve) => setTimeout(resolve, 1));
  command.child.kill("SIGINT");
  const { code, err } = await command.finished;
  expect([code, err]).toEqual([130, expect.stringMatching(/^holdfast: stopped: /)]);
  expect(readdirSync(to)).toEqual(["parts"]);
  expect((await holdfast(["backup", "--list", to])).out).toBe("no backups\n");
});

function partsIn(to: string): boolean {
  try {
    return readdirSync(join(to, "parts")).length > 0;
  } catch {
    return false;
  }
}
