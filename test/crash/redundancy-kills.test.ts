import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { realClock, seededChance } from "../../src/clock.js";
import { FolderDisk } from "../../src/state/disk/folder-disk.js";
import { RedundantDisk } from "../../src/state/redundancy/redundant-disk.js";
import { scrub } from "../../src/state/redundancy/scrub.js";
import { isClean } from "../../src/state/redundancy/scrub-report.js";
import { versionOf } from "./redundant-worker.mjs";

const worker = new URL("./redundant-worker.mjs", import.meta.url).pathname;
const KILLS = 12;

interface Run {
  /** It had opened the archive: every folder has everything. */
  readonly wasReady: boolean;
  /** The last version that it said was durable. */
  readonly durable: number | undefined;
}

/** Lets it work until it said so many lines, and a moment; then kills it. */
async function killed(folders: readonly string[], from: number, lines: number, momentMs: number): Promise<Run> {
  const child: ChildProcess = spawn(process.execPath, [worker, `${from}`, ...folders], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let wasReady = false;
  let durable: number | undefined;
  let said = 0;
  const ended = once(child, "exit");
  const kill = () => realClock.after(momentMs, () => child.kill("SIGKILL"));
  if (lines === 0) kill();
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line === "ready") wasReady = true;
    else durable = Number(line);
    if (++said === lines) kill();
  }
  await ended;
  expect(child.signalCode, "it ended by itself").toBe("SIGKILL");
  return { wasReady, durable };
}

it("holds every file that was put, whole, though its process is killed while it writes, scrubs and fills a new disk", async () => {
  const root = mkdtempSync(join(tmpdir(), "holdfast-kills-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folders = ["a", "b", "c"].map((name) => join(root, name));
  const chance = seededChance(9);
  let durable = 0;
  await killed(folders, 1, 2, 0).then((run) => {
    durable = run.durable!;
  });
  for (let kill = 0; kill < KILLS; kill++) {
    // Each third time a disk is lost, where all of them have everything; and then it is killed while it is filled.
    const isFilling = kill % 3 === 1;
    const run = await killed(
      folders,
      durable + 1,
      isFilling ? 0 : 1 + (kill % 4),
      isFilling ? 80 + 150 * chance() : 15 * chance(),
    );
    durable = run.durable ?? durable;
    const set = new RedundantDisk(
      folders.map((folder) => new FolderDisk(folder)),
      { parity: 1 },
    );
    const held = await set.read("model", 0, 1_000_000);
    // What was being put may be there, whole; what was said to be durable must be, or what came after it.
    const found = [durable, durable + 1].find((n) => Buffer.compare(versionOf(n), held) === 0);
    expect(found, `after kill ${kill}`).toBeDefined();
    durable = found!;
    if (run.wasReady && kill % 3 === 0) {
      rmSync(folders[kill % 2]!, { recursive: true });
      mkdirSync(folders[kill % 2]!);
    }
  }
  expect(isClean(await scrub(folders, { repair: true }))).toBe(true);
  expect(isClean(await scrub(folders))).toBe(true);
});
