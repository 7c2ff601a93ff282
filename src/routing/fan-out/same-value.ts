import { isDeepStrictEqual } from "node:util";

/**
 * Whether two answers say the same. Pure.
 * @param tolerance how far two numbers may lie apart, as a share of the larger one, and absolutely where both are below 1;
 *   0: not at all
 */
export function sameValue(a: unknown, b: unknown, tolerance: number): boolean {
  if (tolerance === 0) return isDeepStrictEqual(a, b);
  return near(a, b, tolerance, new Map());
}

/** @param under pairs that are being compared further up: a value may hold itself */
function near(a: unknown, b: unknown, tolerance: number, under: Map<object, unknown>): boolean {
  if (typeof a === "number" && typeof b === "number") return close(a, b, tolerance);
  if (!isObject(a) || !isObject(b)) return isDeepStrictEqual(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (isFloats(a) && isFloats(b))
    return a.length === b.length && a.every((value, at) => close(value, b[at]!, tolerance));
  if (!Array.isArray(a) && !isPlainObject(a)) return isDeepStrictEqual(a, b);
  if (under.get(a) === b) return true;
  under.set(a, b);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && near(a[key as keyof object], b[key as keyof object], tolerance, under),
  );
}

function close(a: number, b: number, tolerance: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Number arrays whose elements are fractions; those of integers are bits or labels, and are the same or not. */
export function isFloats(value: unknown): value is Float32Array | Float64Array {
  return value instanceof Float32Array || value instanceof Float64Array;
}
