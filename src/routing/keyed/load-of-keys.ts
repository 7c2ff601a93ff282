import type { CellUnit } from "./cell-unit.js";

/** What a scaling rule sees of the work of a keyed group. */
export interface KeyedLoad {
  /** Messages that a cell more could take: see LoadOfKeys. */
  readonly waiting: number;
  readonly oldestWaitMs: number;
  /** Cells that have work. */
  readonly busy: number;
  readonly workedMs: number;
  readonly serviceMs: number | undefined;
}

/** Of what a message takes, a look says so much. */
const FRESH = 0.3;

/**
 * The work of a keyed group, look by look. A key runs one message after the other wherever it lives: more cells help only what
 * waits for other keys of its cell. So of each cell, its work counts without that of its busiest key:
 *
 *   keys of a cell have 7, 2, 1 messages ─▶ 3 wait that could run elsewhere, 1 cell is busy
 *
 * What a message takes is the time that cells were busy, over the messages answered in it: keys that wait for something else
 * side by side do not look slow.
 */
export class LoadOfKeys {
  #at: number;
  #busy = 0;
  #workedMs = 0;
  #answered = 0;
  #serviceMs: number | undefined;
  /** Since when something waits, and nothing was answered. */
  #stuckSince: number | undefined;

  constructor(now: number) {
    this.#at = now;
  }

  at(now: number, { answered, open }: { readonly answered: number; readonly open: readonly CellUnit[] }): KeyedLoad {
    const passed = Math.max(0, now - this.#at);
    const served = answered - this.#answered;
    const worked = this.#busy * passed;
    this.#workedMs += worked;
    if (served > 0 && worked > 0) {
      const fresh = worked / served;
      this.#serviceMs = this.#serviceMs === undefined ? fresh : this.#serviceMs + FRESH * (fresh - this.#serviceMs);
    }
    let waiting = 0;
    let busy = 0;
    for (const { residents } of open) {
      let all = 0;
      let most = 0;
      for (const key of residents) {
        const pending = key.pending();
        all += pending;
        most = Math.max(most, pending);
      }
      waiting += all - most;
      if (all > 0) busy++;
    }
    if (waiting === 0) this.#stuckSince = undefined;
    else if (served > 0) this.#stuckSince = now;
    else this.#stuckSince ??= this.#at;
    this.#at = now;
    this.#busy = busy;
    this.#answered = answered;
    const oldestWaitMs = this.#stuckSince === undefined ? 0 : now - this.#stuckSince;
    return { waiting, oldestWaitMs, busy, workedMs: this.#workedMs, serviceMs: this.#serviceMs };
  }
}
