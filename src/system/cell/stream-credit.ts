import { FIRST_STREAM_CREDIT } from "../../host/output-stream.js";

/**
 * What an output stream may still send, as the parent counts it, and how long it stood still for want of it. A handler
 * that has sent all it may is suspended at its `yield`: that time is its consumer's, and counts towards no limit.
 *
 *   16 ── a value arrives ──▶ 15 … 0 ── paused ──▶ 0 ── the consumer takes one: granted ──▶ 1 …
 */
export class StreamCredit {
  #left = FIRST_STREAM_CREDIT;
  #pausedMs = 0;
  #pausedSince: number | undefined;

  /** @param now monotonic milliseconds, as everywhere here */
  arrived(now: number): void {
    this.#left--;
    if (this.#left <= 0) this.#pausedSince ??= now;
  }

  granted(count: number, now: number): void {
    this.#left += count;
    if (this.#left <= 0 || this.#pausedSince === undefined) return;
    this.#pausedMs += now - this.#pausedSince;
    this.#pausedSince = undefined;
  }

  /** The consumer left: the handler ends, and waits for nobody. */
  closed(now: number): void {
    this.granted(Number.POSITIVE_INFINITY, now);
  }

  /** So long it has waited for its consumer until now. */
  pausedMs(now: number): number {
    return this.#pausedMs + (this.#pausedSince === undefined ? 0 : now - this.#pausedSince);
  }
}
