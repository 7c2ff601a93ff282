import type { Clock, Timer } from "../../clock.js";
import { WatchedTime } from "./watched-time.js";

/** The shortest pause between two looks, ms. */
const OFTEN_MS = 5;

/** The longest, ms: what a blocked watcher may count too much of. */
const SELDOM_MS = 250;

/** Looks on the way to a limit: a pause of the watcher costs a handler at most this part of what is left of its time. */
const PART = 1 / 10;

/** One cell with work in it. */
export interface Watched {
  /** The earliest moment at which a limit in it can pass, monotonic ms. */
  readonly due: number;
  /** That moment has come. @returns false when nothing is in it any more */
  look(now: number, time: WatchedTime): boolean;
  /** The watcher is awake, and that moment has not come. @returns false as above */
  glance(now: number): boolean;
}

/**
 * One timer for all limits of a system. It fires at the earliest moment at which a limit can pass, and on the way there
 * often enough to know whether the watcher itself was awake. Where nothing executes there is no timer.
 *
 *   begin ── glance ── glance ── … ── glance ── look: judged, at the very limit
 *         └ a tenth of what is left, 5 to 250 ms
 */
export class HangWatch {
  readonly #clock: Clock;
  readonly #time = new WatchedTime();
  readonly #cells = new Set<Watched>();
  #timer: Timer | undefined;
  #fires = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(cell: Watched, now: number): void {
    this.#cells.add(cell);
    if (this.#timer && this.#fires <= glanceAt(now, cell.due)) return;
    this.#time.look(now);
    this.#plan(now);
  }

  end(cell: Watched): void {
    this.#cells.delete(cell);
    if (this.#cells.size === 0) this.#rest();
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    this.#time.look(now);
    for (const cell of [...this.#cells]) {
      // One that was looked at before it may have ended others.
      if (!this.#cells.has(cell)) continue;
      const works = cell.due <= now ? cell.look(now, this.#time) : cell.glance(now);
      if (!works) this.#cells.delete(cell);
    }
    this.#plan(now);
  }

  #plan(now: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    let due = Number.POSITIVE_INFINITY;
    for (const cell of this.#cells) due = Math.min(due, cell.due);
    if (due === Number.POSITIVE_INFINITY) {
      this.#rest();
      return;
    }
    this.#fires = glanceAt(now, due);
    this.#time.promise(this.#fires);
    this.#timer = this.#clock.after(this.#fires - now, () => this.#fire(), { background: true });
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#fires = Number.POSITIVE_INFINITY;
    this.#time.rest();
  }
}

/** When to look next on the way to a limit. */
function glanceAt(now: number, due: number): number {
  const left = Math.max(0, due - now);
  return now + Math.min(left, SELDOM_MS, Math.max(OFTEN_MS, left * PART));
}
