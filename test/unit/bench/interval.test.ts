import { describe, expect, it } from "vitest";
// @ts-expect-error: the benches are plain modules
import { medianInterval } from "../../../bench/measure/interval.mjs";

describe("the interval of a median", () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

  it("leaves as many samples out on each side as the sign test says", () => {
    // Of 15 samples the 4th and the 12th, of 21 the 6th and the 16th: the tables of the binomial distribution.
    expect(medianInterval(upTo(15))).toEqual({ median: 8, low: 4, high: 12 });
    expect(medianInterval(upTo(21))).toEqual({ median: 11, low: 6, high: 16 });
  });

  it("is all there is where samples are few", () => {
    expect(medianInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
    expect(medianInterval([7])).toEqual({ median: 7, low: 7, high: 7 });
  });
});
