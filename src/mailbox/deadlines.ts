import type { Clock, Timer } from "../clock.js";

/** What ends when its time is up: whoever is asked to watch it makes no entry of its own. */
export interface Expiring {
  /** Monotonic ms. */
  readonly deadline: number;
  /** It was forgotten or has expired. */
  expired: boolean;
  expire(): void;
}

/** Where something that expires stands. */
export interface DeadlineLine {
  readonly timeoutMs: number;
  entries: Expiring[];
  head: number;
  live: number;
  timer: Timer | undefined;
}

/** Lines that may stand empty with their timer armed: callers that compute a time-out for each call make one for each. */
const IDLE_LINES = 16;

/**
 * Deadlines without a timer each. Calls with the same time-out expire in the order they were made, so each time-out
 * has one line (first in, first out) and one timer for its head. Settled entries are passed over, and swept out when
 * they are the greater part of a line.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lines = new Map<number, DeadlineLine>();
  /** Most calls have the time-out of the call before. */
  #latest: DeadlineLine | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` in `timeoutMs`; returns how to forget it. */
  add(timeoutMs: number, expire: () => void): () => void {
    const entry: Expiring = { deadline: this.#clock.now() + timeoutMs, expired: false, expire };
    const line = this.put(timeoutMs, entry);
    return () => this.forget(line, entry);
  }

  /** The same without a closure: the entry itself is watched, and its deadline is `timeoutMs` from now. */
  put(timeoutMs: number, entry: Expiring): DeadlineLine {
    const latest = this.#latest;
    const line = latest?.timeoutMs === timeoutMs ? latest : this.#line(timeoutMs);
    line.entries.push(entry);
    if (line.live++ === 0) line.timer?.hold?.(true);
    if (!line.timer) this.#arm(line);
    return line;
  }

  forget(line: DeadlineLine, entry: Expiring): void {
    if (entry.expired) return;
    entry.expired = true;
    line.live--;
    this.#tidy(line);
  }

  /** The same as a timer: for limits that thousands have at the same time. */
  after(ms: number, callback: () => void): Timer {
    return { cancel: this.add(ms, callback) };
  }

  close(): void {
    for (const line of this.#lines.values()) line.timer?.cancel();
    this.#lines.clear();
    this.#latest = undefined;
  }

  #line(timeoutMs: number): DeadlineLine {
    let line = this.#lines.get(timeoutMs);
    if (!line) {
      line = { timeoutMs, entries: [], head: 0, live: 0, timer: undefined };
      this.#lines.set(timeoutMs, line);
    }
    this.#latest = line;
    return line;
  }

  #arm(line: DeadlineLine): void {
    const head = line.entries[line.head];
    if (!head) return;
    line.timer = this.#clock.after(Math.max(0, head.deadline - this.#clock.now()), () => this.#fire(line));
  }

  #fire(line: DeadlineLine): void {
    line.timer = undefined;
    const now = this.#clock.now();
    for (let entry = line.entries[line.head]; entry; entry = line.entries[line.head]) {
      if (!entry.expired && entry.deadline > now) break;
      line.head++;
      if (entry.expired) continue;
      entry.expired = true;
      line.live--;
      entry.expire();
    }
    this.#tidy(line);
    if (!line.timer && this.#lines.get(line.timeoutMs) === line) this.#arm(line);
  }

  #tidy(line: DeadlineLine): void {
    if (line.live === 0) {
      // The timer stays armed for the next call, without keeping the process alive: one ask after another costs no timer.
      // To shorten an array costs more than to leave it; most lines hold one call after another.
      if (line.entries.length === 1) line.entries.pop();
      else line.entries = [];
      line.head = 0;
      if (line.timer && this.#lines.size <= IDLE_LINES) line.timer.hold?.(false);
      else this.#drop(line);
    } else if (line.entries.length > 64 && line.live * 2 < line.entries.length) {
      line.entries = line.entries.slice(line.head).filter((entry) => !entry.expired);
      line.head = 0;
    }
  }

  #drop(line: DeadlineLine): void {
    line.timer?.cancel();
    line.timer = undefined;
    if (this.#lines.get(line.timeoutMs) === line) this.#lines.delete(line.timeoutMs);
    if (this.#latest === line) this.#latest = undefined;
  }
}
