/** How long the latest answers took, and which of these times most of them did not exceed. */
export class LatencyWindow {
  readonly #times: Float64Array;
  readonly #from: number;
  #count = 0;
  #quantile: { readonly part: number; readonly at: number; readonly ms: number } | undefined;

  /** @param size answers that are looked at @param from answers below which nothing is known */
  constructor(size: number, from: number) {
    this.#times = new Float64Array(size);
    this.#from = from;
  }

  /** An answer that was given up counts with the time it had taken by then: it was among the slow ones. */
  add(ms: number): void {
    this.#times[this.#count++ % this.#times.length] = ms;
  }

  /** What a part of the answers did not exceed, ms; undefined where too few have come. It may be some answers old. */
  quantile(part: number): number | undefined {
    if (this.#count < this.#from) return undefined;
    const last = this.#quantile;
    if (last && last.part === part && this.#count - last.at < this.#from / 4) return last.ms;
    const sorted = this.#times.slice(0, Math.min(this.#count, this.#times.length)).sort();
    const ms = sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]!;
    this.#quantile = { part, at: this.#count, ms };
    return ms;
  }
}
