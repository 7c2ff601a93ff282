/**
 * Which results have arrived, been consumed, and been acknowledged: pure counting.
 *
 *   acked <= consumed <= told      on the server's present session, which a replay begins anew
 *            have                  ever: what a replay brings again is known already
 */
export class ResultCursor {
  #have = -1;
  #told = -1;
  #acked = -1;
  /** The last one that a `for await` has taken; undefined while nobody iterates, then arrival is consumption. */
  #consumed: number | undefined;

  /** The last result that arrived, ever. */
  get have(): number {
    return this.#have;
  }

  /** The last result that arrived on the server's present session. */
  get told(): number {
    return this.#told;
  }

  /** Whether this is the next result, and whether it has never been seen. */
  arrived(seq: number): "new" | "again" | "out of turn" {
    if (seq !== this.#told + 1) return "out of turn";
    this.#told = seq;
    if (seq <= this.#have) return "again";
    this.#have = seq;
    return "new";
  }

  iterate(): void {
    this.#consumed = this.#have;
  }

  iterated(): void {
    this.#consumed = undefined;
  }

  consume(): void {
    if (this.#consumed !== undefined) this.#consumed += 1;
  }

  /** The server has dropped what we said we have, and counted it in its credit. */
  resumed(): void {
    this.#acked = this.#told;
  }

  /** The server begins anew. */
  fresh(): void {
    this.#told = -1;
    this.#acked = -1;
  }

  /**
   * What to acknowledge now, if anything: in quarters of the window, and at once when nothing is under way. An ack per
   * result would double the frames.
   */
  ack(underWay: boolean, window: number): number | undefined {
    const seq = Math.min(this.#told, this.#consumed ?? this.#told);
    if (seq <= this.#acked || (underWay && seq - this.#acked < window / 4)) return undefined;
    this.#acked = seq;
    return seq;
  }
}
