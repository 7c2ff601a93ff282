import { describe, expect, it } from "vitest";
import { Shedding } from "../../../src/system/shedding.js";
import { thrownBy } from "../thrown-by.js";

const call = (rank: number, inner = false) => ({ rank, inner, method: "read" });
const refused = (shedding: Shedding, rank: number, inner = false) =>
  thrownBy(() => shedding.judge("app/a", call(rank, inner))) !== undefined;

describe("a system that sheds load", () => {
  it("refuses what is below normal priority first, then normal, and high never", () => {
    const shedding = new Shedding();
    const whom = (level: 0 | 1 | 2) => {
      shedding.set(shedding, level);
      return [0, 1, 2, 9].filter((rank) => refused(shedding, rank));
    };
    expect([whom(0), whom(1), whom(2)]).toEqual([[], [2, 9], [1, 2, 9]]);
  });

  it("lets through what its own actors ask of each other: that is work already taken", () => {
    const shedding = new Shedding();
    shedding.set(shedding, 2);
    expect(refused(shedding, 9, true)).toBe(false);
  });

  it("holds the highest level that anybody asks for, until that one lets go", () => {
    const shedding = new Shedding();
    const [one, other] = [{}, {}];
    shedding.set(one, 1);
    shedding.set(other, 2);
    expect(shedding.level).toBe(2);
    shedding.set(other, 0);
    expect(shedding.level).toBe(1);
    shedding.set(one, 0);
    expect(shedding.level).toBe(0);
  });

  it("says when to come again", () => {
    const shedding = new Shedding();
    shedding.set(shedding, 1);
    expect(thrownBy(() => shedding.judge("app/a", call(2)))).toMatchObject({
      code: "Overloaded",
      retryable: true,
      retryAfterMs: 1000,
    });
  });
});
