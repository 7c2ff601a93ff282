import { describe, expect, it } from "vitest";
import { affected, stopOrder } from "../../../src/supervision/strategy.js";

const startOrder = ["a", "b", "c", "d"];

describe("who goes down with a dead child", () => {
  it.each([
    ["one-for-one", "a", ["a"]],
    ["one-for-one", "c", ["c"]],
    ["rest-for-one", "a", ["a", "b", "c", "d"]],
    ["rest-for-one", "c", ["c", "d"]],
    ["rest-for-one", "d", ["d"]],
    ["all-for-one", "a", ["a", "b", "c", "d"]],
    ["all-for-one", "d", ["a", "b", "c", "d"]],
  ] as const)("%s, %s dies: %j in start order", (strategy, dead, expected) => {
    expect([...affected(strategy, startOrder, dead)]).toEqual(expected);
  });

  it("is found without walking the children under one-for-one", () => {
    const walked: Iterable<string> = {
      [Symbol.iterator]() {
        throw new Error("walked");
      },
    };
    expect([...affected("one-for-one", walked, "c")]).toEqual(["c"]);
    expect(() => affected("all-for-one", walked, "c")).toThrow("walked");
  });

  it("stops in the reverse of the start order, without changing it", () => {
    expect(stopOrder(startOrder)).toEqual(["d", "c", "b", "a"]);
    expect(startOrder).toEqual(["a", "b", "c", "d"]);
  });
});
