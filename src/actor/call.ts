import type { TraceContext } from "../protocol/trace-context.js";

/** One executing message, as its handler knows it (`this.call`): kept for as long as it likes. */
export interface Call {
  /** Fires when the caller gave up, its deadline passed, or the incarnation is over. */
  readonly signal: AbortSignal;
  /**
   * The same for a loop that never awaits: see `this.cancelled()`.
   * @returns true once the caller gave up or the incarnation is over
   */
  cancelled(): boolean;
  /**
   * Its number among all messages that this durable actor is ever given, rising and given once: the same when it runs again
   * after a crash, or after a restart of the process, and no other's. Send it along as idempotency key with what the handler
   * does outside. See docs/state.md.
   * @throws HoldfastError Unavailable where the actor is not durable
   */
  readonly sequence: number;
  /**
   * The trace that it belongs to, in W3C's form, where the system is traced and this message is sampled; else undefined. Spread into
   * the headers of a request it goes along: `{ ...this.call.trace }`.
   */
  readonly trace: TraceContext | undefined;
  /** Milliseconds until its deadline: 0 once that has passed, Infinity for a tell and where there is none. */
  remaining(): number;
}
