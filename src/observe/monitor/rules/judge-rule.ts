import { holds } from "./condition.js";
import type { Rule } from "./rule.js";

/** What is known of a rule between two readings. Times in ms of readings: a gap in which nobody looked is not counted. */
export interface RuleState {
  readonly phase: "clear" | "triggered";
  /** How long the condition has held, in one reading after the other; undefined: it does not. */
  readonly heldMs: number | undefined;
  /** How long the opposite has held, while triggered. */
  readonly calmMs: number | undefined;
  /** How long there has been no reading. */
  readonly blindMs: number;
  /** Until the next action may be. */
  readonly restMs: number;
}

export const quiet: RuleState = { phase: "clear", heldMs: undefined, calmMs: undefined, blindMs: 0, restMs: 0 };

/** "blind": nobody can say any more whether it holds, so it does not. */
export type RuleChange = "triggered" | "again" | "cleared" | "blind";

/** Without a reading for so long, ms, a rule that had triggered is let go: what it does must not last for ever. */
export const BLIND_MS = 60_000;

/**
 * What one reading makes of a rule:
 *
 *   clear ──holds for `for`, and `pause` is over──▶ triggered ──`clear` holds for `for`──▶ clear
 *                                                    │    └──── no reading for a minute ───▶ clear (blind)
 *                                                    └─ still holds after `pause`: again
 *
 * A missing reading triggers nothing: what had held begins anew after it.
 * @param value undefined: there is none
 * @param ms since the reading before
 * @param repeats its action is done again while it holds
 */
export function judgeRule(
  rule: Pick<Rule, "condition" | "clear" | "forMs" | "pauseMs">,
  state: RuleState,
  value: number | undefined,
  ms: number,
  repeats = false,
): { readonly state: RuleState; readonly change?: RuleChange } {
  const restMs = Math.max(0, state.restMs - ms);
  if (value === undefined) return blinded(state, ms, restMs);
  const over = holds(rule.condition, value);
  const heldMs = over ? grown(state.heldMs, ms) : undefined;
  if (state.phase === "clear") {
    const next = { ...quiet, heldMs, restMs };
    if (heldMs === undefined || heldMs < rule.forMs || restMs > 0) return { state: next };
    return { state: { ...next, phase: "triggered", restMs: rule.pauseMs }, change: "triggered" };
  }
  const calmMs = holds(rule.clear, value) ? grown(state.calmMs, ms) : undefined;
  if (calmMs !== undefined && calmMs >= rule.forMs) return { state: { ...quiet, restMs }, change: "cleared" };
  const next: RuleState = { phase: "triggered", heldMs, calmMs, blindMs: 0, restMs };
  if (!repeats || !over || restMs > 0) return { state: next };
  return { state: { ...next, restMs: rule.pauseMs }, change: "again" };
}

function blinded(state: RuleState, ms: number, restMs: number): { state: RuleState; change?: RuleChange } {
  const blindMs = state.blindMs + ms;
  const lost = blindMs >= BLIND_MS && state.blindMs < BLIND_MS;
  if (lost) return { state: { ...quiet, blindMs, restMs }, change: "blind" };
  return { state: { ...state, heldMs: undefined, calmMs: undefined, blindMs, restMs } };
}

/** The first of several readings is the beginning: no time has passed in it. */
function grown(before: number | undefined, ms: number): number {
  return before === undefined ? 0 : before + ms;
}
