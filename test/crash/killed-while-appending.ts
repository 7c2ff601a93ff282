import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Chance, realClock } from "../../src/clock.js";
import type { Store, StoreNews } from "../../src/system/durable/store.js";
import { heldBy } from "./held.js";
import { numberedBatch } from "./numbered-batches.mjs";
import { StoreModel } from "./store-model.js";

/** Batches that a process has appended at a time: so many at most may be stored without having been acknowledged. */
const WINDOW = 16;

/** A process is killed within so many ms of its start, or of its first acknowledgement. */
const LONGEST_MS = 60;

export interface KillsOptions {
  readonly kind: "files" | "lmdb";
  readonly folder: string;
  readonly kills: number;
  readonly chance: Chance;
  /** The store on the same folder, for this process. */
  readonly store: Store;
}

export interface Killed {
  /** Batches acknowledged, of all processes. */
  readonly acknowledged: number;
  /** Stored though nobody had been told. */
  readonly unheard: number;
  /** Processes that were killed before they had opened the store. */
  readonly early: number;
  readonly news: readonly StoreNews[];
}

/**
 * Kills one process after the other while it appends, each time at another moment, and opens what it leaves.
 *
 *   process ─ open ─ append 1, 2, 3 … ─ SIGKILL            told: 1, 2
 *   here:     open ─ 1, 2 and maybe 3, whole? ─ close      the next process goes on from there
 *
 * @throws Error where the store is not exactly what one of the numbers of batches leads to that it may have
 */
export async function killWhileAppending({ kind, folder, kills, chance, store }: KillsOptions): Promise<Killed> {
  const model = new StoreModel();
  const news: StoreNews[] = [];
  let stored = 0;
  let unheard = 0;
  let early = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const { told, opened } = await killedOnce(kind, folder, stored + 1, chance);
    if (!opened) early++;
    const open = await store.open({ clock: realClock, tell: (one) => news.push(one) });
    const held = await heldBy(open);
    await open.close();
    const acknowledged = Math.max(stored, told);
    for (; stored < acknowledged; stored++) model.apply(numberedBatch(stored + 1));
    for (let more = 0; model.digest() !== held; more++) {
      if (more === WINDOW)
        throw new Error(`kill ${kill}: it does not hold what ${acknowledged} batches lead to, or a few more`);
      model.apply(numberedBatch(++stored));
      unheard++;
    }
  }
  return { acknowledged: stored, unheard, early, news };
}

/** @returns the last number that was told */
async function killedOnce(kind: string, folder: string, first: number, chance: Chance) {
  const program = fileURLToPath(new URL("./appending.mjs", import.meta.url));
  const args = [program, kind, folder, String(first), String(WINDOW)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  let text = "";
  let errors = "";
  let timer: NodeJS.Timeout | undefined;
  const kill = () => child.kill("SIGKILL");
  // One in eight is killed wherever its start has come to.
  if (chance() < 0.125) timer = setTimeout(kill, chance() * 3 * LONGEST_MS);
  child.stderr.on("data", (data) => {
    errors += data;
  });
  child.stdout.on("data", (data) => {
    text += data;
    if (text.includes("\n")) timer ??= setTimeout(kill, chance() * LONGEST_MS);
  });
  const [code] = await closed;
  clearTimeout(timer);
  if (code !== null) throw new Error(`it ended by itself with ${code}: ${errors}`);
  const lines = text.split("\n");
  // A line that was cut off was not told.
  const whole = lines.slice(0, -1);
  return { told: Number(whole.at(-1)) || 0, opened: whole.length > 0 };
}
