import { describe, expect, it } from "vitest";
import { type BatchSize, firstSize, nextSize } from "../../../../src/serving/batching/batch-aimd.js";

/** So many batches, all of one size, with so many late in each. */
function played(state: BatchSize, batches: number, count: (size: number) => number, late = 0, max = 64): BatchSize {
  let size = state;
  for (let i = 0; i < batches; i++) size = nextSize(size, count(size.size), late, max);
  return size;
}

const full = (size: number) => size;

describe("the size of batches for a latency target", () => {
  it("doubles until the first was late, then grows by one", () => {
    const doubled = played(firstSize, 100 + 50 + 25, full);
    expect(doubled.size).toBe(8);
    const less = nextSize(doubled, 8, 3, 64);
    expect(less).toMatchObject({ size: 6, early: false, seen: 0, late: 0 });
    expect(played(less, 17, full).size).toBe(7);
  });

  it("is never more than the bound, and never less than one", () => {
    expect(played(firstSize, 2000, full, 0, 10).size).toBe(10);
    expect(played({ ...firstSize, size: 10 }, 50, full, 5).size).toBe(1);
  });

  it("bears one late in a hundred, the 99th percentile, and no second", () => {
    const half = played({ ...firstSize, size: 10 }, 5, full);
    const one = nextSize(half, 10, 1, 64);
    expect(one.size).toBe(10);
    expect(nextSize(one, 10, 1, 64).size).toBe(7);
    expect(played(one, 4, full).size).toBe(20);
  });

  it("does not grow where no batch was as large as it might be", () => {
    expect(played({ ...firstSize, size: 10 }, 200, () => 3).size).toBe(10);
  });
});
