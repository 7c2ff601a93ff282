import { HoldfastError } from "./errors.js";
import { shown } from "./known-keys.js";

/** Milliseconds as a number, or text with a unit: "250ms", "2s", "5m", "1h". `Infinity` only when written. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h"}`;

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a duration.
 * @param field named in the error, so that a reader finds the place: `digits.limit`
 */
export function milliseconds(value: Duration, field: string): number {
  if (typeof value === "number") {
    if (value >= 0) return value;
  } else if (typeof value === "string") {
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(value);
    if (match) return Number(match[1]) * units[match[2]!]!;
  }
  throw new HoldfastError(
    "InvalidSpec",
    `${field} is ${shown(value)}: give milliseconds as a number >= 0, or text such as "250ms", "2s", "5m"`,
    { details: { field } },
  );
}
