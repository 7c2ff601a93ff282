import fc from "fast-check";
import { expect, it } from "vitest";
import { Line } from "../../../src/supervision/line.js";

/** The line as it is emptied from the front. */
function order(line: Line): string[] {
  const names: string[] = [];
  for (let name = line.first; name !== undefined; name = line.first) {
    names.push(name);
    line.delete(name);
  }
  return names;
}

it("keeps the order in which names joined, whoever leaves from the middle", () => {
  const line = new Line(["a", "b", "c"]);
  line.delete("b");
  line.add("d");
  line.add("a");
  expect(order(line)).toEqual(["a", "c", "d"]);
});

it("puts a name that left and comes again at the end: it has its old place no more", () => {
  const line = new Line(["a", "b", "c"]);
  line.delete("b");
  line.add("b");
  expect(order(line)).toEqual(["a", "c", "b"]);
});

it("is a Set whose first is found without a walk, for any adding, leaving and looking", () => {
  const step = fc.record({ does: fc.constantFrom("add", "delete", "look"), name: fc.constantFrom(..."abcdef") });
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(..."abcdef")), fc.array(step, { size: "large" }), (names, steps) => {
      const line = new Line(names);
      const set = new Set(names);
      for (const { does, name } of steps) {
        if (does === "add") {
          line.add(name);
          set.add(name);
        } else if (does === "delete") expect(line.delete(name)).toBe(set.delete(name));
        expect([line.first, line.size, line.has(name)]).toEqual([[...set][0], set.size, set.has(name)]);
      }
      expect(order(line)).toEqual([...set]);
    }),
  );
});
