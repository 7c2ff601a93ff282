import fc from "fast-check";
import { expect, it } from "vitest";
import { entryOf, firstAt, HOST_ENTRIES, nextAfter } from "../../../src/host/actor-number.js";
import { ActorTable } from "../../../src/host/actor-table.js";

it("a number says its entry, and the next one's of that entry is another", () => {
  fc.assert(
    fc.property(fc.nat(HOST_ENTRIES - 1), fc.nat(3000), (entry, turns) => {
      let number = firstAt(entry);
      for (let turn = 0; turn < turns; turn++) {
        const next = nextAfter(number);
        expect(next).not.toBe(number);
        number = next;
        expect(entryOf(number)).toBe(entry);
      }
      expect(number).toBeGreaterThan(0);
    }),
    { numRuns: 50 },
  );
});

it("numbers begin again before they leave an int32", () => {
  const last = 2 ** 30 - HOST_ENTRIES + 7;
  expect(nextAfter(last)).toBe(firstAt(7));
});

it("a table of actors is what a Map by number is, where nobody shares an entry", () => {
  const entry = fc.oneof(fc.nat(20), fc.constantFrom(HOST_ENTRIES - 2, HOST_ENTRIES - 1));
  const step = fc.record({ entry, turn: fc.nat(2), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const table = new ActorTable<{ readonly id: number }>();
      const map = new Map<number, { readonly id: number }>();
      for (const { entry, turn, adds } of steps) {
        const id = firstAt(entry) + turn * HOST_ENTRIES;
        if (adds) {
          for (const there of map.keys()) if (entryOf(there) === entry) map.delete(there);
          map.set(id, { id });
          table.add(map.get(id)!);
        } else expect(table.delete(id)).toBe(map.delete(id));
        expect(table.size).toBe(map.size);
        expect(table.get(id)).toBe(map.get(id));
        expect(new Set(table.values())).toEqual(new Set(map.values()));
      }
    }),
  );
});
