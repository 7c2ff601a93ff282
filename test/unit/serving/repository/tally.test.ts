import { expect, test } from "vitest";
import { Tally } from "../../../../src/serving/repository/version/tally.js";

const MS = 1e6;
const alone = { inputMs: 1, inferMs: 6, outputMs: 0 };

test("what is not reading, running or taking apart is counted as standing in line", () => {
  const tally = new Tally("digits", "3");
  tally.answered({ ms: 10, items: 2, at: 5, times: alone });
  tally.answered({ ms: 20, items: 1, at: 6, times: { ...alone, outputMs: 3 } });
  expect(tally.told("models/digits/3")).toMatchObject({
    path: "models/digits/3",
    lastInference: 6,
    inferenceCount: 3,
    executionCount: 2,
    success: { count: 2, ns: 30 * MS },
    queue: { count: 2, ns: (3 + 10) * MS },
    computeInput: { count: 2, ns: 2 * MS },
    computeInfer: { count: 2, ns: 12 * MS },
    computeOutput: { count: 2, ns: 3 * MS },
    batches: [
      { size: 1, computeInfer: { count: 1, ns: 6 * MS } },
      { size: 2, computeInfer: { count: 1, ns: 6 * MS } },
    ],
  });
});

test("a run of several requests is one run, whichever of its answers comes", () => {
  const tally = new Tally("digits", "3");
  const first = { ...alone, batch: { id: "a 0", size: 3 } };
  const second = { ...alone, batch: { id: "a 1", size: 2 } };
  for (const times of [first, second, first, first, second]) tally.answered({ ms: 10, items: 1, at: 5, times });
  const told = tally.told();
  expect(told).toMatchObject({ inferenceCount: 5, executionCount: 2, computeInfer: { count: 5, ns: 30 * MS } });
  expect(told.batches.map(({ size, computeInfer }) => [size, computeInfer.count])).toEqual([
    [2, 1],
    [3, 1],
  ]);
});

test("whose member does not say where its time went was run all the time, and a clock that goes back costs nobody", () => {
  const tally = new Tally("digits", "3");
  tally.answered({ ms: 10, items: 1, at: 5, times: undefined });
  tally.answered({ ms: 2, items: 1, at: 6, times: alone });
  tally.failed(4, 7);
  expect(tally.told()).toMatchObject({
    lastInference: 7,
    queue: { count: 2, ns: 0 },
    computeInfer: { count: 2, ns: 16 * MS },
    fail: { count: 1, ns: 4 * MS },
  });
});

test("however many sizes and runs there were, a bounded number is kept", () => {
  const tally = new Tally("digits", "3");
  for (let size = 1; size <= 5000; size++) {
    tally.answered({ ms: 10, items: 1, at: 5, times: { ...alone, batch: { id: `a ${size}`, size } } });
  }
  expect(tally.told().batches).toHaveLength(128);
  expect(tally.told().executionCount).toBe(5000);
});
