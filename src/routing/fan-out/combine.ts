import { isDeepStrictEqual } from "node:util";
import { isFloats } from "./same-value.js";

/**
 * Weights of a sum that an affine function keeps: whole numbers, each with an exact inverse, that make 1 together.
 *
 *   1: 1     2: 2 -1     3: 1 1 -1     4: 2 1 -1 -1     5: 1 1 1 -1 -1     …
 *
 * f(Σ c·x) = Σ c·f(x) holds for f(x) = Ax + b because Σ c = 1; what is the same everywhere (a shape) stays what it is.
 */
export function weightsOf(count: number): number[] {
  const negative = Math.floor(count / 2);
  const weights = Array.from({ length: count }, (_, at): number => (at < count - negative ? 1 : -1));
  if (count % 2 === 0 && count > 0) weights[0] = 2;
  return weights;
}

/** Says that values cannot be summed, and where they differ. */
export class NotLinear extends Error {}

/**
 * The weighted sum of values of one form: numbers, arrays, Float32Array and Float64Array, and plain objects of them. All
 * else (text, integer arrays, null) is to be the same in each. Sums are made in doubles. Pure.
 * @throws NotLinear where they are not of one form
 */
export function combine(values: readonly unknown[], weights: readonly number[], at = "value"): unknown {
  const [first] = values;
  if (typeof first === "number") {
    return sum(
      values.map((value) => (typeof value === "number" ? value : differs(at))),
      weights,
    );
  }
  if (isFloats(first)) return combineFloats(values, first, weights, at);
  if (Array.isArray(first)) {
    const lists = values.map((value) => (Array.isArray(value) && value.length === first.length ? value : differs(at)));
    return first.map((_, index) =>
      combine(
        lists.map((list) => list[index] as unknown),
        weights,
        `${at}[${index}]`,
      ),
    );
  }
  if (isPlain(first)) {
    const keys = Object.keys(first);
    const objects = values.map((value) =>
      isPlain(value) && isDeepStrictEqual(Object.keys(value).sort(), [...keys].sort()) ? value : differs(at),
    );
    const entries = keys.map((key) => [
      key,
      combine(
        objects.map((object) => object[key]),
        weights,
        `${at}.${key}`,
      ),
    ]);
    return Object.fromEntries(entries);
  }
  return values.every((value) => isDeepStrictEqual(value, first)) ? first : differs(at);
}

/**
 * What is missing of `parts`, from their weighted sum.
 * @param parts with a hole at `missing`
 * @throws NotLinear
 */
export function solve(total: unknown, parts: readonly unknown[], weights: readonly number[], missing: number): unknown {
  const weight = weights[missing]!;
  const others = parts.flatMap((part, at) => (at === missing ? [] : [part]));
  // (total - Σ c·x) / c, as one weighted sum: its weights make 1 again.
  const inverse = weights.flatMap((one, at) => (at === missing ? [] : [-one / weight]));
  return combine([total, ...others], [1 / weight, ...inverse]);
}

function combineFloats(
  values: readonly unknown[],
  first: Float32Array | Float64Array,
  weights: readonly number[],
  at: string,
): Float32Array | Float64Array {
  const arrays = values.map((value) =>
    isFloats(value) && value.constructor === first.constructor && value.length === first.length ? value : differs(at),
  );
  const result = first instanceof Float32Array ? new Float32Array(first.length) : new Float64Array(first.length);
  for (let index = 0; index < result.length; index++) {
    let total = 0;
    for (let each = 0; each < arrays.length; each++) total += weights[each]! * arrays[each]![index]!;
    result[index] = total;
    // A sum that fits a double may not fit the array.
    finite(result[index]!, at);
  }
  return result;
}

function sum(values: readonly number[], weights: readonly number[]): number {
  // What is the same everywhere is not rounded: a shape is not to become 2.9999.
  if (values.every((value) => value === values[0])) return values[0]!;
  return finite(
    values.reduce((total, value, at) => total + weights[at]! * value, 0),
    "value",
  );
}

function finite(value: number, at: string): number {
  if (!Number.isFinite(value)) throw new NotLinear(`${at} is ${value}`);
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function differs(at: string): never {
  throw new NotLinear(`${at} is not of one form in all of them`);
}
