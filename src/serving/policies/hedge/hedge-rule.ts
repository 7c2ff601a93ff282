import type { Load } from "../../../actor/sight.js";

/** What is known when a call has taken longer than most. */
export interface LateCall {
  /** Of whom is asked a second time; "none": it has no members; undefined: it cannot be seen. */
  readonly load: Load | "none" | undefined;
  /** The budget has something left. */
  readonly affordable: boolean;
}

/** Whether to ask once more, or why not. */
export type HedgeDecision = "ask" | "alone" | "busy" | "budget";

/**
 * Where messages wait, or no member is free, a second one would wait too and take a member from somebody else: then it is the
 * mailbox that is slow, and hedging would make that worse.
 */
export function decideHedge({ load, affordable }: LateCall): HedgeDecision {
  if (load === "none") return "alone";
  if (load !== undefined && (load.waiting > 0 || load.executing >= load.ready)) return "busy";
  return affordable ? "ask" : "budget";
}

/**
 * Which of a method's answers is late, as a part of all: at least p95; and where the budget is smaller than the rest, so far
 * out that it pays for all that are later, with a fourth to spare.
 */
export function lateFrom(budget: number): number {
  return Math.max(0.95, 1 - budget * 0.75);
}
