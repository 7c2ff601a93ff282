import fc from "fast-check";
import { expect, it } from "vitest";
import { noStreak } from "../../../src/supervision/backoff.js";
import { noCharges } from "../../../src/supervision/intensity.js";
import { childStates } from "../../../src/supervision/life.js";
import { shared } from "../../../src/supervision/shared-record.js";
import { childRules } from "../../../src/supervision/spec.js";
import type { ChildRecord } from "../../../src/supervision/state.js";

const record = fc.record<ChildRecord>({
  rules: fc.constantFrom(childRules({}, "a"), childRules({ restart: "transient" }, "b")),
  life: fc.constantFrom(...childStates),
  goal: fc.constantFrom("up", "down", "gone"),
  origin: fc.constantFrom("first", "added", "asked"),
  readies: fc.nat(3),
  unknown: fc.constantFrom(noCharges, [1]),
  guilty: fc.constantFrom(noCharges, [2]),
  streak: fc.constantFrom(noStreak, { failures: 1, healthySince: 3 }),
});

it("a record that is shared says what each of its children's would", () => {
  fc.assert(
    fc.property(record, (one) => {
      expect(shared({ ...one })).toEqual(one);
    }),
  );
});

it("children that stand alike and have no history have one record", () => {
  const { rules } = fc.sample(record, 1)[0]!;
  const running = (): ChildRecord => {
    const nothing = { unknown: noCharges, guilty: noCharges, streak: noStreak };
    return { rules, life: "running", goal: "up", origin: "asked", readies: 1, ...nothing };
  };
  expect(shared(running())).toBe(shared(running()));
  const charged = { ...running(), unknown: [5] };
  expect(shared(charged)).toBe(charged);
});
