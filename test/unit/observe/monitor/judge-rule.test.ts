import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLIND_MS, judgeRule, quiet, type RuleChange } from "../../../../src/observe/monitor/rules/judge-rule.js";
import { type RuleOptions, ruleOf } from "../../../../src/observe/monitor/rules/rule.js";

const options = { when: "memory > 90 %", for: "3s", clear: "memory < 80 %", pause: "5s" } as const;

/** A reading each second; what changed at which. */
function played(values: readonly (number | undefined)[], repeats = false, given: RuleOptions = options, stepMs = 1000) {
  const rule = ruleOf(given, "rule");
  let state = quiet;
  const changes: [second: number, change: RuleChange][] = [];
  for (const [second, value] of values.entries()) {
    const judged = judgeRule(rule, state, value, second === 0 ? 0 : stepMs, repeats);
    state = judged.state;
    if (judged.change) changes.push([second, judged.change]);
  }
  return changes;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe("a rule over time", () => {
  it.each<[string, (number | undefined)[], [number, RuleChange][]]>([
    ["never over", times(10, 50), []],
    ["over, but not for so long", [95, 95, 95, 50, 95, 95, 95], []],
    ["over for so long: from the first reading to one three seconds later", times(6, 95), [[3, "triggered"]]],
    ["exactly at its limit", times(9, 90), []],
    [
      "between its limits once triggered: neither again nor over",
      [...times(4, 95), ...times(9, 85)],
      [[3, "triggered"]],
    ],
    [
      "well below for so long",
      [...times(4, 95), ...times(4, 70)],
      [
        [3, "triggered"],
        [7, "cleared"],
      ],
    ],
    ["well below, but not for so long", [...times(4, 95), 70, 70, 85, 70, 70], [[3, "triggered"]]],
    [
      "over again too soon after it has acted",
      [...times(4, 95), ...times(4, 70), ...times(4, 95)],
      [
        [3, "triggered"],
        [7, "cleared"],
        [11, "triggered"],
      ],
    ],
    [
      "a reading is missing in the middle: what had held begins anew",
      [95, 95, undefined, 95, 95, 95, 95],
      [[6, "triggered"]],
    ],
    ["nothing can be read", times(50, undefined), []],
  ])("%s", (_, values, expected) => {
    expect(played(values)).toEqual(expected);
  });

  it("acts again after its pause while it holds, where its action is repeated, and never while it is between its limits", () => {
    expect(played(times(15, 95), true)).toEqual([
      [3, "triggered"],
      [8, "again"],
      [13, "again"],
    ]);
    expect(played([...times(4, 95), ...times(20, 85)], true)).toEqual([[3, "triggered"]]);
  });

  it("does not trigger again before its pause is over", () => {
    const fast = { ...options, for: "0ms", pause: "4s" } as const;
    expect(played([95, 70, 95, 70, 95, 70, 95], false, fast)).toEqual([
      [0, "triggered"],
      [1, "cleared"],
      [4, "triggered"],
      [5, "cleared"],
    ]);
  });

  it("is let go when nobody can say any more whether it holds, and told once", () => {
    const lost = [...times(4, 95), ...times(BLIND_MS / 1000 + 20, undefined), ...times(4, 95)];
    expect(played(lost)).toEqual([
      [3, "triggered"],
      [3 + BLIND_MS / 1000, "blind"],
      [lost.length - 1, "triggered"],
    ]);
  });

  it("with no time to hold triggers at the first reading", () => {
    expect(played([95], false, { when: "memory > 90 %", for: 0 })).toEqual([[0, "triggered"]]);
  });
});

describe("whatever is read", () => {
  const value = fc.option(fc.constantFrom(70, 79, 80, 85, 90, 91, 99), { nil: undefined });
  const step = fc.record({ value, ms: fc.integer({ min: 0, max: 4000 }) });
  const rule = ruleOf(options, "rule");

  it("triggers and ends in turn, acts only on what has held for its time without a gap, and rests between", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, repeats) => {
        let state = quiet;
        let triggered = false;
        let run = -1;
        let sinceAct = Number.POSITIVE_INFINITY;
        for (const { value: read, ms } of steps) {
          run = read !== undefined && read > 90 ? (run < 0 ? 0 : run + ms) : -1;
          sinceAct += ms;
          const judged = judgeRule(rule, state, read, ms, repeats);
          state = judged.state;
          switch (judged.change) {
            case "triggered":
              expect(triggered).toBe(false);
              expect(run).toBeGreaterThanOrEqual(3000);
              expect(sinceAct).toBeGreaterThanOrEqual(5000);
              triggered = true;
              sinceAct = 0;
              break;
            case "again":
              expect([triggered, repeats, run >= 0]).toEqual([true, true, true]);
              expect(sinceAct).toBeGreaterThanOrEqual(5000);
              sinceAct = 0;
              break;
            case "cleared":
              expect(triggered).toBe(true);
              expect(read).toBeLessThan(80);
              triggered = false;
              break;
            case "blind":
              expect(read).toBe(undefined);
              triggered = false;
          }
          expect(state.phase).toBe(triggered ? "triggered" : "clear");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never triggers by missing readings alone, nor by those on the right side", () => {
    const calm = fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(calm), (values) => {
        expect(played(values).filter(([, change]) => change !== "blind")).toEqual([]);
      }),
    );
  });
});
