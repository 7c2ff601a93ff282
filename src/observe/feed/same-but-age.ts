import { ageText } from "../age-text.js";

/**
 * Whether two plain values are equal. What only grows older (`sinceMs`) has not changed until people are told so: else each pool
 * would be news at every look.
 */
export function sameButAge(before: unknown, now: unknown): boolean {
  if (Object.is(before, now)) return true;
  if (typeof before !== "object" || typeof now !== "object" || before === null || now === null) return false;
  const was = before as Record<string, unknown>;
  const is = now as Record<string, unknown>;
  let fields = 0;
  for (const field in is) {
    if (is[field] === undefined) continue;
    fields += 1;
    const same = field === "sinceMs" ? sameAge(was[field], is[field]) : sameButAge(was[field], is[field]);
    if (!same) return false;
  }
  for (const field in was) if (was[field] !== undefined) fields -= 1;
  return fields === 0;
}

function sameAge(before: unknown, now: unknown): boolean {
  return typeof before === "number" && typeof now === "number" && ageText(before) === ageText(now);
}
