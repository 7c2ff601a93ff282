/** One executing message, as its handler knows it (`this.call`): kept for as long as it likes. */
export interface Call {
  /** Fires when the caller gave up, its deadline passed, or the incarnation is over. */
  readonly signal: AbortSignal;
  /**
   * The same for a loop that never awaits: see `this.cancelled()`.
   * @returns true once the caller gave up or the incarnation is over
   */
  cancelled(): boolean;
  /** Milliseconds until its deadline: 0 once that has passed, Infinity for a tell and where there is none. */
  remaining(): number;
}
