import { messageOf } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { ScalingDecision, ScalingLimits, ScalingMemory, ScalingRule, ScalingView } from "./scaling-rule.js";

/**
 * Asks a rule that may be a user's: one that throws, or answers what is no size, is told of once and changes nothing. A
 * size out of bounds is taken as the bound.
 * @param told called with what is wrong
 */
export function askRule(
  rule: ScalingRule,
  view: ScalingView,
  limits: ScalingLimits,
  memory: ScalingMemory | undefined,
  told: (wrong: string) => void,
): ScalingDecision | undefined {
  try {
    // Copies: what it does to them must not move its own bounds.
    const decision = rule({ ...view }, { ...limits }, memory);
    const want: unknown = decision?.want;
    if (!Number.isInteger(want)) {
      told(`wants ${shown(want)} members, which is no whole number`);
      return undefined;
    }
    const bounded = Math.max(limits.min, Math.min(limits.max, decision.want));
    return { ...decision, want: bounded, why: String(decision.why ?? "the pool's own rule") };
  } catch (error) {
    told(`threw "${messageOf(error)}"`);
    return undefined;
  }
}
