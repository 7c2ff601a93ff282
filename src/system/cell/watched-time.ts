/** A look that is late by less than this was on time, ms: timers are late by one or two, and on a busy machine by more. */
const SLACK_MS = 10;

/** Gaps that are kept apart; of more, the oldest two become one. */
const KEPT_GAPS = 256;

interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * The time during which somebody watched. A limit is a bound on what a handler does, and a watcher that did not run (its
 * thread was blocked, its process stopped, its machine asleep) cannot say what went on meanwhile: most likely nothing, for
 * the handler stood still with it or waited for an answer that only this thread could pass on. So a watcher says when it
 * will look next, and what passes between that moment and its real look counts towards no limit.
 *
 *   look ── promise ──────────▶│◀── late: not watched ──▶│ look ── promise ──▶
 *          watched             due                       │
 *
 * Times are monotonic ms, handed in.
 */
export class WatchedTime {
  #due: number | undefined;
  readonly #gaps: Gap[] = [];

  /** It will look again by then. */
  promise(at: number): void {
    this.#due = at;
  }

  /** It looks. @returns by how much it is too late; 0 when on time */
  look(now: number): number {
    const due = this.#due;
    this.#due = undefined;
    if (due === undefined || now - due <= SLACK_MS) return 0;
    this.#gaps.push({ from: due, to: now });
    if (this.#gaps.length > KEPT_GAPS) this.#join();
    return now - due;
  }

  /** Nothing is watched any more. */
  rest(): void {
    this.#due = undefined;
    this.#gaps.length = 0;
  }

  /** How much of the time from `since` until the last look was not watched. */
  missed(since: number): number {
    let ms = 0;
    for (let i = this.#gaps.length - 1; i >= 0; i--) {
      const { from, to } = this.#gaps[i]!;
      if (to <= since) break;
      ms += to - Math.max(from, since);
    }
    return ms;
  }

  /** For what began before both the sum stays exact, for what began between them it may only be too generous. */
  #join(): void {
    const [first, second] = this.#gaps.splice(0, 2) as [Gap, Gap];
    const ms = first.to - first.from + second.to - second.from;
    this.#gaps.unshift({ from: second.to - ms, to: second.to });
  }
}
