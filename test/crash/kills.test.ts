import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { seededChance } from "../../src/clock.js";
import { files } from "../../src/state/files/files.js";
import { lmdb } from "../../src/state/lmdb-store.js";
import { type Killed, killWhileAppending } from "./killed-while-appending.js";

/** A few here, five hundred in the proof. */
const cases = [
  { kind: "files", kills: 16, open: (folder: string) => files(folder) },
  { kind: "lmdb", kills: 6, open: (folder: string) => lmdb(folder) },
] as const;

it.each(cases)("$kills processes killed while they append to $kind leave what was acknowledged", async (one) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-kills-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { kind, kills, open } = one;
  const killed: Killed = await killWhileAppending({
    kind,
    folder,
    kills,
    chance: seededChance(1),
    store: open(folder),
  });
  expect(killed.acknowledged).toBeGreaterThan(kills);
  expect(killed.early).toBeLessThan(kills);
});
