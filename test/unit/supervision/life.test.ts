import { describe, expect, it } from "vitest";
import { childStates, lifeTable, next } from "../../../src/supervision/life.js";

/** Where a life may go from a state, by whatever step. */
const targets = (from: (typeof childStates)[number]) => Object.values(lifeTable[from]);

describe("a child's life", () => {
  it("has a row in the table for every state, and only known states in it", () => {
    expect(Object.keys(lifeTable).sort()).toEqual([...childStates].sort());
    for (const state of childStates) expect(childStates).toEqual(expect.arrayContaining(targets(state)));
  });

  it("goes exactly where the table says", () => {
    for (const from of childStates) {
      for (const to of childStates) {
        if (targets(from).includes(to)) expect(next("a", from, to)).toBe(to);
        else expect(() => next("a", from, to)).toThrow(`child "a" cannot go from "${from}" to "${to}"`);
      }
    }
  });

  it.each([
    ["stopping", "starting", "a child told to stop is down before it starts again"],
    ["running", "starting", "nobody starts twice without an end between"],
    ["quarantined", "waiting", "a parked child comes back by hand only"],
    ["stopped", "running", "nobody runs without a start"],
  ] as const)("never goes from %s to %s: %s", (from, to, _why) => {
    expect(() => next("a", from, to)).toThrow("defect");
  });

  it("reaches every state from stopped, and stopped or starting from every state", () => {
    const reach = (from: (typeof childStates)[number]) => {
      const seen = new Set([from]);
      for (const state of seen) for (const to of targets(state)) seen.add(to);
      return seen;
    };
    expect([...reach("stopped")].sort()).toEqual([...childStates].sort());
    for (const state of childStates) expect(reach(state).has("starting")).toBe(true);
  });
});
