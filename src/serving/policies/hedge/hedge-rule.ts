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

/** Which of a method's answers take long, as a part of all. Further out an answer may be a stall itself. */
export const LATE = 0.95;

/** So many times p95 is waited at most: a stall is longer. */
const MOST_PATIENT = 8;

/**
 * How many times p95 is waited before a call is late: more where that asked for more hedges than the budget has, so that it is left for
 * those that take far longer than most; less again while the budget is not used.
 *
 *   spent  ─▶ a tenth more          half of it saved up ─▶ a hundredth less with each call, down to once
 */
export function patienceAfter(patience: number, budget: "spent" | "saved"): number {
  switch (budget) {
    case "spent":
      return Math.min(MOST_PATIENT, patience * 1.1);
    case "saved":
      return Math.max(1, patience * 0.99);
    default:
      return budget satisfies never;
  }
}
