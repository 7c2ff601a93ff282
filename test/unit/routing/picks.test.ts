import { describe, expect, test } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { consistentHash } from "../../../src/routing/picks/consistent-hash.js";
import { leastExpectedWait, smallestMailbox } from "../../../src/routing/picks/least.js";
import type { Candidate, Pick, Routed } from "../../../src/routing/picks/pick.js";
import { random } from "../../../src/routing/picks/random.js";
import { roundRobin } from "../../../src/routing/picks/round-robin.js";
import { powerOfTwoChoices } from "../../../src/routing/picks/two-choices.js";

const message: Routed = { method: "classify", key: undefined, bytes: 0 };
const member = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  load: 0,
  expectedWaitMs: 0,
  share: 1,
  ...more,
});

function counts(pick: Pick, candidates: readonly Candidate[], times: number): Record<string, number> {
  const chance = seededChance(1);
  const seen: Record<string, number> = Object.fromEntries(candidates.map(({ id }) => [id, 0]));
  for (let i = 0; i < times; i++) seen[candidates[pick(candidates, message, chance)]!.id]!++;
  return seen;
}

const abc = [member("a"), member("b"), member("c")];

describe("round robin", () => {
  test("goes round", () => {
    const pick = roundRobin();
    const order = Array.from({ length: 7 }, () => abc[pick(abc, message, Math.random)]!.id);
    expect(order.join("")).toBe("abcabca");
  });

  test("gives each its share, smoothly", () => {
    const pick = roundRobin();
    const of = [member("a", { share: 5 }), member("b"), member("c")];
    const order = Array.from({ length: 7 }, () => of[pick(of, message, Math.random)]!.id);
    expect(order.join("")).toBe("aabacaa");
  });

  test("passes nobody over for a neighbour that is away after each of its turns", () => {
    for (const pick of [roundRobin(), smallestMailbox()]) {
      const [a, b, c] = abc as [Candidate, Candidate, Candidate];
      const seen: string[] = [];
      for (let i = 0; i < 6; i++) {
        const there = seen.at(-1) === "b" ? [a, c] : [a, b, c];
        seen.push(there[pick(there, message, Math.random)]!.id);
      }
      expect(seen.join("")).toBe("abcabc");
    }
  });

  test("goes on fairly when members come and go", () => {
    const pick = roundRobin();
    const [a, b, c] = abc as [Candidate, Candidate, Candidate];
    for (let i = 0; i < 10; i++) pick([a, b], message, Math.random);
    expect(counts(pick, [a, b, c], 300)).toEqual({ a: 100, b: 100, c: 100 });
  });
});

test("random keeps to the shares", () => {
  const seen = counts(random, [member("a", { share: 0.5 }), member("b"), member("c", { share: 1.5 })], 30_000);
  expect(seen.a! / 30_000).toBeCloseTo(1 / 6, 2);
  expect(seen.c! / 30_000).toBeCloseTo(1 / 2, 2);
});

test("the smallest mailbox is the emptiest for its share, and equals have their turn", () => {
  const pick = smallestMailbox();
  expect(counts(pick, abc, 300)).toEqual({ a: 100, b: 100, c: 100 });
  expect(
    pick([member("a", { load: 2 }), member("b", { load: 1 }), member("c", { load: 3 })], message, Math.random),
  ).toBe(1);
  // Of a tenth of a share one message is as much as ten.
  expect(pick([member("a", { load: 5 }), member("b", { load: 0, share: 0.1 })], message, Math.random)).toBe(0);
});

test("the least expected wait sends a slow member what it can do", () => {
  const pick = leastExpectedWait();
  const slow = member("slow", { load: 1, expectedWaitMs: 100 });
  expect(pick([slow, member("quick", { load: 9, expectedWaitMs: 90 })], message, Math.random)).toBe(1);
  expect(pick([slow, member("quick", { load: 11, expectedWaitMs: 110 })], message, Math.random)).toBe(0);
  expect(counts(pick, abc, 300)).toEqual({ a: 100, b: 100, c: 100 });
});

test("of two choices the less loaded is taken; the most loaded of three never is", () => {
  const seen = counts(
    powerOfTwoChoices,
    [member("a", { load: 1 }), member("b", { load: 2 }), member("c", { load: 3 })],
    3000,
  );
  expect(seen.c).toBe(0);
  expect(seen.a! / 3000).toBeCloseTo(2 / 3, 1);
  expect(powerOfTwoChoices([member("alone")], message, Math.random)).toBe(0);
});

describe("the consistent hash", () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
  const owners = (candidates: readonly Candidate[]) => {
    const pick = consistentHash();
    return keys.map((key) => candidates[pick(candidates, { ...message, key }, Math.random)]!.id);
  };
  const eight = Array.from({ length: 8 }, (_, i) => member(String(i + 1)));

  test("spreads keys evenly", () => {
    const seen = new Map<string, number>();
    for (const id of owners(eight)) seen.set(id, (seen.get(id) ?? 0) + 1);
    expect(seen.size).toBe(8);
    for (const count of seen.values()) expect(Math.abs(count / (keys.length / 8) - 1)).toBeLessThan(0.08);
  });

  test("moves only the keys of the member that left, and spreads those over the others", () => {
    const before = owners(eight);
    const after = owners(eight.filter(({ id }) => id !== "3"));
    const heirs = new Set<string>();
    before.forEach((id, i) => {
      if (id === "3") heirs.add(after[i]!);
      else expect(after[i]).toBe(id);
    });
    expect(heirs.size).toBe(7);
  });

  test("gives one that joins its part, taken from all", () => {
    const before = owners(eight);
    const after = owners([...eight, member("9")]);
    let moved = 0;
    before.forEach((id, i) => {
      if (after[i] === id) return;
      expect(after[i]).toBe("9");
      moved++;
    });
    expect(Math.abs(moved / (keys.length / 9) - 1)).toBeLessThan(0.08);
  });

  test("heeds shares, and not the order of members", () => {
    const half = owners([member("a"), member("b", { share: 0.5 })]).filter((id) => id === "b").length;
    expect(half / keys.length).toBeCloseTo(1 / 3, 1);
    expect(owners([...eight].reverse())).toEqual(owners(eight));
  });
});
