import { describe, expect, it } from "vitest";
import { sameValue } from "../../../../src/routing/fan-out/same-value.js";

const cyclic = (value: number) => {
  const made: { value: number; self?: unknown } = { value };
  made.self = made;
  return made;
};

describe("whether two answers say the same", () => {
  it.each([
    [1, 1, 0, true],
    [1, 1 + 1e-9, 0, false],
    [1, 1 + 1e-9, 1e-6, true],
    [1e9, 1e9 + 1, 1e-6, true],
    [Number.NaN, Number.NaN, 1e-6, true],
    [Number.NaN, 1, 1e-6, false],
    [Number.POSITIVE_INFINITY, 1, 0.5, false],
    [new Float32Array([1, 2]), new Float32Array([1, 2]), 0, true],
    [new Float32Array([1, 2]), new Float32Array([1, 2.00001]), 1e-4, true],
    [new Float32Array([1, 2]), new Float32Array([1]), 1e-4, false],
    [new Float32Array([1]), new Float64Array([1]), 1e-4, false],
    [new Uint16Array([1]), new Uint16Array([2]), 0.9, false],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2.0000001 }] }, 1e-4, true],
    [{ a: 1 }, { a: 1, b: undefined }, 1e-4, false],
    [{ a: 1, c: undefined }, { a: 1, b: undefined }, 1e-4, false],
    [new Map([["a", 1]]), new Map([["a", 1]]), 1e-4, true],
    ["text", "text", 1e-4, true],
    [null, undefined, 1e-4, false],
  ])("%o and %o, within %d: %s", (a, b, tolerance, same) => {
    expect(sameValue(a, b, tolerance)).toBe(same);
    expect(sameValue(b, a, tolerance)).toBe(same);
  });

  it("ends where values hold themselves", () => {
    expect(sameValue(cyclic(1), cyclic(1.0000001), 1e-4)).toBe(true);
    expect(sameValue(cyclic(1), cyclic(2), 1e-4)).toBe(false);
  });
});
