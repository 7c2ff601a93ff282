import type { ThresholdEvent } from "../../system/events.js";
import { amountText } from "./amount.js";
import type { RuleChange } from "./rules/judge-rule.js";
import type { Rule } from "./rules/rule.js";

/** What happened to a rule, and what was done about it. */
export interface Crossing {
  readonly change: RuleChange;
  /** Undefined where it could not be read. */
  readonly value: number | undefined;
  readonly heldMs: number;
  /** What was done, or why there is no reading. */
  readonly note: string;
}

/** The event that tells of it, with its numbers and one line for people. */
export function thresholdEvent(rule: Rule, { change, value, heldMs, note }: Crossing): ThresholdEvent {
  const { condition, then, text } = rule;
  const { name, of, unit, limit } = condition;
  const is = value === undefined ? "" : ` is ${amountText(value, unit)}`;
  const held = heldMs > 0 && change !== "cleared" ? `, for ${amountText(heldMs, "ms")}` : "";
  const over = change === "cleared" ? `, over for "${text}"` : change === "blind" ? "" : ` ("${text}"${held})`;
  const about = change === "blind" ? ` cannot be read, and "${text}" not be judged` : "";
  return {
    type: "threshold",
    rule: text,
    state: change,
    reading: name,
    ...(of === undefined ? {} : { of }),
    ...(value === undefined ? {} : { value }),
    limit,
    unit,
    heldMs,
    then: typeof then === "function" ? "function" : then,
    why: `${condition.key}${is}${over}${about}${note && `: ${note}`}`,
  };
}
