import { noStreak } from "./backoff.js";
import { noCharges } from "./intensity.js";
import type { ChildRules } from "./spec.js";
import type { ChildRecord } from "./state.js";

/** Of a child that nothing was ever charged to. */
export const noHistory = { unknown: noCharges, guilty: noCharges, streak: noStreak } as const;

/** By what can differ among records of the same rules and no history. */
const known = new WeakMap<ChildRules, Map<string, ChildRecord>>();

/**
 * The one record for all children of the same rules that stand alike and have no history, as nearly all of a million do.
 * Records are immutable: that it is shared can be seen by its weight alone.
 */
export function shared(record: ChildRecord): ChildRecord {
  const { rules, life, goal, origin, readies, unknown, guilty, streak } = record;
  if (readies > 1 || streak !== noStreak || unknown !== noCharges || guilty !== noCharges) return record;
  let alike = known.get(rules);
  if (!alike) {
    alike = new Map();
    known.set(rules, alike);
  }
  const standing = `${life} ${goal} ${origin} ${readies}`;
  const first = alike.get(standing);
  if (first) return first;
  alike.set(standing, record);
  return record;
}
