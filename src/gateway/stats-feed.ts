import type { Clock, Timer } from "../clock.js";
import { StatsLog } from "../observe/feed/stats-log.js";
import type { StatsFrame } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import { statsParts } from "./feed-parts.js";
import type { Watcher } from "./watchers.js";

/** The counters are looked at this often while somebody watches them. */
const EVERY_MS = 1000;

/**
 * Pushes what the system has counted once a second, as the rows that have changed; one look and one encoding for all who watch.
 * Whoever was congested gets every row once it reads again.
 */
export class StatsFeed {
  readonly #app: Pick<App<unknown>, "stats" | "measure">;
  readonly #clock: Clock;
  /** And whether it is owed everything. */
  readonly #behind = new Map<Watcher, boolean>();
  #log = new StatsLog();
  #whole: readonly StatsFrame[] | undefined;
  #at = 0;
  #timer: Timer | undefined;
  #release: (() => void) | undefined;

  constructor(app: Pick<App<unknown>, "stats" | "measure">, clock: Clock) {
    this.#app = app;
    this.#clock = clock;
  }

  /** @param following it has followed every row since it was added: then nothing is sent again */
  add(watcher: Watcher, following = false): void {
    if (following && this.#behind.has(watcher)) return;
    if (this.#timer === undefined) {
      this.#release = this.#app.measure();
      this.#look();
    }
    this.#behind.set(watcher, watcher.congested);
    if (!watcher.congested) for (const frame of this.#everything()) watcher.push(frame);
  }

  remove(watcher: Watcher): void {
    if (!this.#behind.delete(watcher) || this.#behind.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#release?.();
    this.#log = new StatsLog();
    this.#whole = undefined;
  }

  #look(): void {
    // The next one is fixed first: a look that throws is not the last.
    this.#timer = this.#clock.after(EVERY_MS, () => this.#look(), { background: true });
    this.#at = this.#clock.wallTime();
    const diff = this.#log.look(this.#app.stats());
    this.#whole = undefined;
    const frames = statsParts({ type: "stats", at: this.#at, ...diff });
    for (const [watcher, behind] of this.#behind) {
      this.#behind.set(watcher, watcher.congested);
      if (watcher.congested) continue;
      for (const frame of behind ? this.#everything() : frames) watcher.push(frame);
    }
  }

  #everything(): readonly StatsFrame[] {
    this.#whole ??= statsParts({ type: "stats", at: this.#at, ...this.#log.whole });
    return this.#whole;
  }
}
