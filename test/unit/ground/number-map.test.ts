import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberMap } from "../../../src/number-map.js";

const sorted = (entries: Iterable<[number, object]>) => [...entries].sort(([one], [other]) => one - other);

/** In turn, far apart, or all at the same slot of any table: what a caller may choose. */
const key = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 0, max: 50 }).map((times) => times * 2 ** 24),
  fc.maxSafeInteger().map(Math.abs),
);
const step = fc.record({ does: fc.constantFrom("set", "set", "delete", "get"), key });

describe("a map of numbers", () => {
  it("holds what a Map holds, whatever the numbers and their order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const mine = new NumberMap<object>();
        const known = new Map<number, object>();
        for (const { does, key } of steps) {
          const value = { key };
          if (does === "set") {
            mine.set(key, value);
            known.set(key, value);
          } else if (does === "delete") expect(mine.delete(key)).toBe(known.delete(key));
          expect(mine.get(key)).toBe(known.get(key));
          expect(mine.has(key)).toBe(known.has(key));
          expect(mine.size).toBe(known.size);
        }
        expect(sorted(mine.entries())).toEqual(sorted(known));
        expect(mine.keys().sort()).toEqual([...known.keys()].sort());
        expect(new Set(mine.values())).toEqual(new Set(known.values()));
        for (const key of known.keys()) expect(mine.delete(key)).toBe(true);
        expect([mine.size, mine.entries()]).toEqual([0, []]);
      }),
    );
  });

  it("keeps one that stays while a hundred thousand come and go", () => {
    const map = new NumberMap<object>();
    const stays = {};
    map.set(1, stays);
    for (let n = 2; n < 100_000; n++) {
      map.set(n, {});
      if (n > 20) map.delete(n - 10);
      if (n === 11) map.delete(11);
      expect(map.get(1)).toBe(stays);
      if (map.size > 21) throw new Error(`${map.size} are there`);
    }
  });

  it("takes a value for another", () => {
    const map = new NumberMap<{ readonly n: number }>();
    for (const n of [1, 2]) for (const key of [5, 21, 5 + 2 ** 20]) map.set(key, { n });
    expect(map.entries().map(([key, { n }]) => [key, n])).toEqual(
      expect.arrayContaining([5, 21, 5 + 2 ** 20].map((key) => [key, 2])),
    );
    expect(map.size).toBe(3);
  });

  it("leaves nothing for good of what came and went, also after a full collection in the midst", () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as (options?: { type: "minor" }) => void;
    const old = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")!.space_used_size;
    const map = new NumberMap<number[]>();
    const pass = (from: number, count: number) => {
      for (let n = from; n < from + count; n++) {
        map.set(n, new Array(100).fill(n));
        if (n >= 100) map.delete(n - 100);
        if (n % 1000 === 0) gc({ type: "minor" });
      }
    };
    pass(0, 5000);
    gc();
    gc();
    const before = old();
    pass(5000, 20_000);
    // A Map's would be some 10 MB of the 17 that passed.
    expect(old() - before).toBeLessThan(1_000_000);
  });

  it("does not change what it has listed", () => {
    const map = new NumberMap<object>();
    for (let n = 0; n < 5000; n++) map.set(n, {});
    for (const listed of map.keys()) map.delete(listed);
    expect(map.size).toBe(0);
  });
});
