import type { Clock, Timer } from "../../clock.js";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { StoreNews } from "../../system/durable/store.js";
import type { Disk } from "../disk/disk.js";
import { storeFailed } from "../disk/store-failed.js";
import { type BackupResult, backup } from "./backup.js";
import { checkKeep, type Keep } from "./keep.js";
import { listBackups } from "./list-backups.js";
import { nextBackup } from "./next-backup.js";

/** Backups that a store makes of itself while it is open: `files("./state", { backup: { to, every: "1h" } })`. */
export interface BackupSchedule {
  /** The folder of backups, or its disk: best one that does not fail together with the store's. */
  readonly to: string | Disk;
  /** From one to the next, at least a second. A restart of the process does not begin it anew. */
  readonly every: Duration;
  /** Which backups stay. Default: all. */
  readonly keep?: Keep;
}

const known: KeysOf<BackupSchedule> = { to: true, every: true, keep: true };
const SHORTEST_MS = 1000;

/** @throws HoldfastError InvalidSpec naming the field */
export function checkSchedule(schedule: BackupSchedule, field: string): void {
  onlyKnownKeys(schedule, known, field);
  const { to, every, keep } = schedule;
  if ((typeof to !== "string" || to === "") && (typeof to !== "object" || to === null)) {
    throw invalid(`${field}.to is ${shown(to)}: give the folder that backups go to`, `${field}.to`);
  }
  const ms = intervalMs(every);
  if (ms === undefined || ms < SHORTEST_MS || ms === Number.POSITIVE_INFINITY) {
    throw invalid(`${field}.every is ${shown(every)}: give at least a second, such as "1h"`, `${field}.every`);
  }
  if (keep !== undefined) checkKeep(keep, `${field}.keep`);
}

/** Undefined for what is no duration: what is said about those in general names none that suits backups. */
function intervalMs(every: Duration): number | undefined {
  try {
    return milliseconds(every, "every");
  } catch {
    return undefined;
  }
}

export interface ScheduleSurroundings {
  readonly clock: Clock;
  tell(news: StoreNews): void;
}

/**
 * Makes backups of an open store, one after the other:
 *
 *   when is the newest there from? ─▸ wait ─▸ backup ─▸ told ─▸ wait an interval
 *                                              └─▸ failed: told, tried again in a minute, then in two, … in an interval
 *
 * Nothing that is stored waits for it, and no failure of it is one of the store.
 */
export class ScheduledBackups {
  readonly #source: Disk;
  readonly #schedule: BackupSchedule;
  readonly #around: ScheduleSurroundings;
  readonly #everyMs: number;
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(source: Disk, schedule: BackupSchedule, around: ScheduleSurroundings) {
    this.#source = source;
    this.#schedule = schedule;
    this.#around = around;
    this.#everyMs = milliseconds(schedule.every, "backup.every");
    this.#running = this.#plan();
  }

  /** No further one begins, and one that is under way ends between two pieces. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  async #plan(): Promise<void> {
    const { clock } = this.#around;
    // Where the folder cannot be read, the backup itself will tell why.
    const backups = await listBackups(this.#schedule.to).catch(() => []);
    if (this.#stop.signal.aborted) return;
    const newest = backups.findLast(({ at }) => at !== undefined)?.at;
    const now = clock.wallTime();
    const wait = nextBackup({ now, newest, everyMs: this.#everyMs, failures: this.#failures });
    const run = () => {
      this.#running = this.#run();
    };
    this.#timer = clock.after(wait, run, { background: true });
  }

  async #run(): Promise<void> {
    const { clock } = this.#around;
    const { to, keep } = this.#schedule;
    const started = clock.now();
    try {
      const made = await backup(this.#source, to, { ...(keep && { keep }), clock, signal: this.#stop.signal });
      this.#failures = 0;
      this.#made(made, clock.now() - started);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failures++;
      this.#failed(storeFailed(this.#source.about, "take a backup", error));
    }
    await this.#plan();
  }

  #made({ id, bytes, newBytes, removed, problems }: BackupResult, ms: number): void {
    this.#around.tell({ kind: "backup-made", id, bytes, newBytes, removed, ms, problems });
  }

  #failed(error: HoldfastError): void {
    const retryInMs = nextBackup({ now: 0, newest: undefined, everyMs: this.#everyMs, failures: this.#failures });
    this.#around.tell({ kind: "backup-failed", error, retryInMs });
  }
}

function invalid(text: string, field: string): HoldfastError {
  return new HoldfastError("InvalidSpec", text, { details: { field } });
}
