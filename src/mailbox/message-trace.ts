import type { TraceContext } from "../protocol/trace-context.js";

/** The incarnation that a message is with. */
export interface HandedTo {
  readonly path: string;
  readonly incarnation: number;
  readonly cell: { readonly host: { readonly isolation: string; readonly name: string } } | undefined;
}

/**
 * Follows one message from its acceptance to its outcome. Few messages have one: only what somebody listens to.
 *
 *   begin ─▶ handed ─┬─▶ ran ─────────▶ settled
 *              ▲     ├─▶ settled               given up meanwhile, or it ran in this very thread
 *              └─────┴── died                  handed over again, or settled
 */
export interface MessageTrace {
  /** What the work of its handler belongs to; crosses to the host with the call. Undefined: nothing does. */
  readonly context: TraceContext | undefined;
  /** It is with this incarnation from now on. @param now monotonic ms */
  handed(to: HandedTo, now: number): void;
  /** Runs its handler in this thread. */
  within<T>(run: () => T): T;
  /** Its host says when its handler ran, monotonic ms. */
  ran(began: number, ended: number): void;
  /**
   * The incarnation that it was with has died.
   * @param cause  the kind of it
   * @param report the number of the death's report; undefined where it had not begun
   * @param began  when its handler did, monotonic ms; undefined: it had not
   */
  died(cause: string, report: number | undefined, began: number | undefined): void;
  /** Called once. @param error undefined: with a value */
  settled(error: Error | undefined): void;
}
