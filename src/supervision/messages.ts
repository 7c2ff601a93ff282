import type { ChildRules, Shutdown } from "./spec.js";

/**
 * What a supervisor is told. Each may arrive in any phase; each has one defined outcome, if only "nothing to do".
 *
 * Events carry no incarnation, so the engine's part is: every start action is followed by exactly one end, reported once,
 * as "start-failed", "died" or "stopped". A repeated one is ignored as long as the child is not in a life it could end.
 */
export type SupervisorEvent =
  /** Begin the first start. */
  | { type: "start" }
  /** The child whose start action was given is up. */
  | { type: "ready"; id: string }
  | { type: "start-failed"; id: string; error: Error }
  /** Its start answered that there is nothing to run: it stays listed, down, until somebody restarts it by hand. */
  | { type: "ignored"; id: string }
  /** A running child ended by itself. `guilty`: charged to the message that was executing. `normal`: a clean end. */
  | { type: "died"; id: string; guilty: boolean; normal: boolean; error: Error }
  /** Answers a stop action. */
  | { type: "stopped"; id: string }
  /** Answers a wait action. */
  | { type: "timer"; id: string }
  /**
   * A child more, last in start order. The id must be free (`state.children.has(id)`), else InvalidSpec is thrown.
   * A first start that fails: "retry" it with back-off, or "forget" the child, as OTP's start_child leaves nothing behind.
   */
  | { type: "add"; id: string; rules: ChildRules; onFailedStart: "retry" | "forget" }
  /** Stop it if need be, then forget it. */
  | { type: "remove"; id: string }
  /** By hand: stop it if need be and start it again, it alone, uncharged; parked ones too. Clears its history. */
  | { type: "restart"; id: string }
  /** Planned: if it runs, stop it and start it again, it alone. Nothing is charged, and nothing cleared. */
  | { type: "recycle"; id: string }
  /** By hand: stop it and leave it down until a restart by hand. A temporary child is forgotten instead. */
  | { type: "stop-child"; id: string }
  /** Nobody takes anything new; what is there is finished. Says nothing of when to stop. */
  | { type: "drain" }
  /** Stop all, in reverse order, one after the other, then end. A child added after it is answered with "forget". */
  | { type: "stop" };

/** What the engine shall do, in this order. */
export type SupervisorAction =
  /** Answer with "ready" or "start-failed". */
  | { type: "start"; id: string }
  /** Answer with "stopped"; a "died" or "start-failed" that crosses it is the answer instead. */
  | { type: "stop"; id: string; shutdown: Shutdown }
  /** Answer with "timer", `ms` from now. */
  | { type: "wait"; id: string; ms: number }
  | { type: "cancel-wait"; id: string }
  /** Tell it to take nothing new. */
  | { type: "drain"; id: string }
  /** The child is down and stays so until a restart by hand: it ended cleanly, was stopped by hand, or had nothing to run. */
  | { type: "down"; id: string }
  /** The child is no more: removed, or temporary and ended. Its mailbox may be failed. */
  | { type: "forget"; id: string }
  /** Once: every child of the first start is running (background: has had its first try). */
  | { type: "up" }
  /** Over budget and parked; the siblings go on. `error` is Unavailable, its cause the last failure. */
  | { type: "quarantined"; id: string; error: Error }
  /**
   * The supervisor is over and every child is down. "gave-up" carries GaveUp (its cause the last failure),
   * "start-failed" the error of the start that failed.
   */
  | { type: "ended"; reason: EndReason; error?: Error };

/** auto-shutdown: a significant child ended, and the supervisor with it; a clean end, as "stopped" is. */
export type EndReason = "stopped" | "gave-up" | "start-failed" | "auto-shutdown";
