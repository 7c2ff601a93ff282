import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { seededChance } from "../../src/clock.js";
import { files } from "../../src/state/files/files.js";
import { lmdb } from "../../src/state/lmdb-store.js";
import { runWithFaults } from "../crash/faulty-runs.js";
import { judge } from "../crash/judge.js";
import { killWhileAppending } from "../crash/killed-while-appending.js";
import { cutCards } from "../crash/redundant-runs.js";
import { play, type Session } from "../crash/scenario.js";
import { smallFiles } from "../crash/small-files.js";
import { short } from "./size.js";

const kill = (batches: number): Session => ({ batches, end: "kill" });
const sessions: readonly Session[] = [
  { batches: 30, inFlight: 6 },
  kill(6),
  kill(0),
  { batches: 12, inFlight: 3 },
  kill(9),
  kill(1),
  kill(14),
  { batches: 8, inFlight: 1 },
];

/** The same at a smaller size is in test/crash, and runs with every other test. */
describe.skipIf(short)("state after a crash, at full size", () => {
  it("is what was acknowledged, from every prefix of the calls and every byte of every last write", async () => {
    let all = 0;
    for (let seed = 1; seed <= 3; seed++) {
      const { log } = await play({ store: smallFiles, seed, sessions });
      const { problems, disks } = await judge(log, smallFiles, { torn: "every", again: 200 });
      expect(problems).toEqual([]);
      all += disks;
    }
    console.log(`disks after a power cut: ${all}`);
    expect(all).toBeGreaterThan(50_000);
  });

  it.each([
    { code: "ENOSPC", calls: 1 },
    { code: "EIO", calls: 1 },
    { code: "ENOSPC", calls: 4 },
    { code: "EIO", calls: 12 },
  ])("is what was acknowledged, whichever $calls calls end with $code", async (plan) => {
    const { problems, runs, disks } = await runWithFaults(plan);
    console.log(`${plan.calls} × ${plan.code}: ${runs} runs, ${disks} disks`);
    expect(problems).toEqual([]);
    expect(runs).toBeGreaterThan(80);
  });

  it.each([false, true])("is what was acknowledged, over three cards; one of them lost: %s", async (lost) => {
    const { problems, disks } = await cutCards(2, { torn: 2, every: 8, lost });
    console.log(`three cards, one lost: ${lost}: ${disks} times`);
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(500);
  });

  it.each([
    { kind: "files", kills: 500, open: (folder: string) => files(folder) },
    { kind: "lmdb", kills: 100, open: (folder: string) => lmdb(folder) },
  ] as const)("is what was acknowledged, after $kills SIGKILLs ($kind)", async ({ kind, kills, open }) => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-kills-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const killed = await killWhileAppending({ kind, folder, kills, chance: seededChance(2), store: open(folder) });
    const { acknowledged, unheard, early } = killed;
    console.log(`${kind}: ${kills} kills, ${acknowledged} batches, ${unheard} unheard of, ${early} before it was open`);
    expect(acknowledged).toBeGreaterThan(10 * kills);
    expect(early).toBeLessThan(kills / 2);
  });
});
