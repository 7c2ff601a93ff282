import { describe, expect, it } from "vitest";
import { combine, NotLinear, solve, weightsOf } from "../../../../src/routing/fan-out/combine.js";
import { ParityGroup } from "../../../../src/routing/fan-out/parity-group.js";

describe("the weights of a parity", () => {
  it.each(Array.from({ length: 12 }, (_, at) => at + 1))(
    "of %d make 1 together, and each can be undone exactly",
    (count) => {
      const weights = weightsOf(count);
      expect(weights).toHaveLength(count);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(1);
      for (const weight of weights) expect([1, -1, 2]).toContain(weight);
    },
  );
});

/** A model with a bias, of four whole numbers. */
const affine = (x: Float64Array) => new Float64Array([3 * x[0]! - x[1]! + 7, x[2]! + 5 * x[3]! - 2]);

describe("a parity group", () => {
  it.each([1, 2, 3, 4, 5, 8])("of %d gives any one missing answer back, to the bit for whole numbers", (count) => {
    const inputs = Array.from({ length: count }, (_, at) => new Float64Array([at * 17, 5 - at, at * at, 1000 + at]));
    for (let missing = 0; missing < count; missing++) {
      const group = new ParityGroup();
      for (const input of inputs) group.add([input]);
      const [parity] = group.close() as [Float64Array];
      inputs.forEach((input, at) => {
        if (at !== missing) group.answered(at, affine(input));
      });
      expect(group.rebuilt()).toBeUndefined();
      group.answeredParity(affine(parity));
      expect(group.rebuilt()).toEqual({ at: missing, value: affine(inputs[missing]!) });
    }
  });

  it("makes nothing where two are missing, and says when there is no hope", () => {
    const group = new ParityGroup();
    for (const value of [1, 2, 3]) group.add([value]);
    group.close();
    group.answered(0, 1);
    group.answeredParity(9);
    group.lost(1);
    expect([group.rebuilt(), group.hopeful]).toEqual([undefined, true]);
    group.lost(2);
    expect([group.rebuilt(), group.hopeful]).toEqual([undefined, false]);
  });
});

describe("values of one form", () => {
  it("are summed wherever numbers are, and all else stays what it is", () => {
    const tensor = (values: number[]) => ({ dtype: "float32", shape: [1, 2], data: new Float32Array(values) });
    expect(
      combine(
        [
          { x: tensor([1, 2]), n: 3 },
          { x: tensor([5, 6]), n: 4 },
        ],
        weightsOf(2),
      ),
    ).toEqual({
      x: tensor([-3, -2]),
      n: 2,
    });
  });

  it.each([
    ["another length", [[1, 2], [1]]],
    ["another kind of array", [new Float32Array(1), new Float64Array(1)]],
    ["another text", ["a", "b"]],
    ["labels", [new Int32Array([1]), new Int32Array([2])]],
    ["a number and none", [1, "1"]],
    ["other fields", [{ a: 1 }, { b: 1 }]],
    ["an overflow", [new Float32Array([3e38]), new Float32Array([-3e38])]],
    ["what is no number", [Number.NaN, 1]],
  ])("are not: %s", (_, values) => {
    expect(() => combine(values, weightsOf(2))).toThrow(NotLinear);
  });

  it("give back what is missing", () => {
    const parts = [4, 10, -6];
    const weights = weightsOf(3);
    const total = combine(parts, weights);
    parts.forEach((part, at) => {
      expect(solve(total, parts, weights, at)).toBe(part);
    });
  });
});
