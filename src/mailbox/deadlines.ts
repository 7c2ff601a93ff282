import type { Clock, Timer } from "../clock.js";

interface Entry {
  readonly deadline: number;
  readonly expire: () => void;
  done: boolean;
}

interface Line {
  entries: Entry[];
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
  readonly #lines = new Map<number, Line>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` in `timeoutMs`; returns how to forget it. */
  add(timeoutMs: number, expire: () => void): () => void {
    let line = this.#lines.get(timeoutMs);
    if (!line) {
      line = { entries: [], head: 0, live: 0, timer: undefined };
      this.#lines.set(timeoutMs, line);
    }
    const entry: Entry = { deadline: this.#clock.now() + timeoutMs, expire, done: false };
    line.entries.push(entry);
    if (line.live++ === 0) line.timer?.hold?.(true);
    this.#arm(timeoutMs, line);
    const own = line;
    return () => {
      if (entry.done) return;
      entry.done = true;
      own.live--;
      this.#tidy(timeoutMs, own);
    };
  }

  /** The same as a timer: for limits that thousands have at the same time. */
  after(ms: number, callback: () => void): Timer {
    return { cancel: this.add(ms, callback) };
  }

  close(): void {
    for (const line of this.#lines.values()) line.timer?.cancel();
    this.#lines.clear();
  }

  #arm(timeoutMs: number, line: Line): void {
    if (line.timer) return;
    const head = line.entries[line.head];
    if (!head) return;
    line.timer = this.#clock.after(Math.max(0, head.deadline - this.#clock.now()), () => this.#fire(timeoutMs, line));
  }

  #fire(timeoutMs: number, line: Line): void {
    line.timer = undefined;
    const now = this.#clock.now();
    for (let entry = line.entries[line.head]; entry; entry = line.entries[line.head]) {
      if (!entry.done && entry.deadline > now) break;
      line.head++;
      if (entry.done) continue;
      entry.done = true;
      line.live--;
      entry.expire();
    }
    this.#tidy(timeoutMs, line);
    if (this.#lines.get(timeoutMs) === line) this.#arm(timeoutMs, line);
  }

  #tidy(timeoutMs: number, line: Line): void {
    if (line.live === 0) {
      // The timer stays armed for the next call, without keeping the process alive: one ask after another costs no timer.
      line.entries = [];
      line.head = 0;
      if (line.timer && this.#lines.size <= IDLE_LINES) line.timer.hold?.(false);
      else {
        line.timer?.cancel();
        line.timer = undefined;
        if (this.#lines.get(timeoutMs) === line) this.#lines.delete(timeoutMs);
      }
    } else if (line.entries.length > 64 && line.live * 2 < line.entries.length) {
      line.entries = line.entries.slice(line.head).filter((entry) => !entry.done);
      line.head = 0;
    }
  }
}
