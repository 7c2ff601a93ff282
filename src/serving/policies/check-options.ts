import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";

/** Milliseconds above 0: with none there is no time to do anything. @throws HoldfastError InvalidSpec */
export function someTime(value: Duration, field: string): number {
  const ms = milliseconds(value, field);
  if (ms > 0) return ms;
  throw invalidOption(field, value, "more than 0, or leave it out");
}

/** A part of something. @throws HoldfastError InvalidSpec for what is not in (0, 1] */
export function partOf(value: unknown, field: string): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw invalidOption(field, value, "a part above 0 and up to 1, such as 0.2");
}

/** @throws HoldfastError InvalidSpec for what is no whole number of at least 1 */
export function wholeNumber(value: unknown, field: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw invalidOption(field, value, "a whole number of at least 1");
}

export function invalidOption(field: string, value: unknown, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: give ${fix}`, { details: { field } });
}
