import fc from "fast-check";
import { expect, it } from "vitest";
import { HeldOutcomes } from "../../../../src/system/durable/held-outcomes.js";

it("an outcome leaves when its change is durable, in order", () => {
  const held = new HeldOutcomes<string>();
  expect(held.hold("a", 1)).toEqual([]);
  expect(held.hold("b", 2)).toEqual([]);
  expect(held.stored(1)).toEqual(["a"]);
  expect(held.stored(2)).toEqual(["b"]);
  expect(held.size).toBe(0);
});

it("one that has changed nothing leaves with what it has seen, and at once where all of that is durable", () => {
  const held = new HeldOutcomes<string>();
  expect(held.hold("nothing", 0)).toEqual(["nothing"]);
  held.hold("a", 1);
  expect(held.hold("looked", 0)).toEqual([]);
  expect(held.stored(1)).toEqual(["a", "looked"]);
  expect(held.hold("looked again", 0)).toEqual(["looked again"]);
});

it("what fails takes with it all that came after it, and nothing of what came before", () => {
  const held = new HeldOutcomes<string>();
  held.hold("a", 1);
  held.hold("looked", 0);
  held.hold("b", 2);
  held.hold("looked at b", 0);
  held.hold("c", 3);
  expect(held.failed(2)).toEqual(["b", "looked at b", "c"]);
  expect(held.failed(3)).toEqual([]);
  expect(held.stored(1)).toEqual(["a", "looked"]);
});

it("whatever happens, each leaves once or is undone once, in order, and none before its change is durable", () => {
  const step = fc.oneof(fc.constant("change"), fc.constant("look"), fc.constant("store"), fc.constant("fail"));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held = new HeldOutcomes<{ at: number; seen: number }>();
      const left: number[] = [];
      const undone: number[] = [];
      let [given, seq, durable] = [0, 0, 0];
      const leave = (all: readonly { at: number; seen: number }[]) => {
        for (const one of all) {
          expect(one.seen).toBeLessThanOrEqual(durable);
          left.push(one.at);
        }
      };
      for (const now of steps) {
        if (now === "change") leave(held.hold({ at: ++given, seen: ++seq }, seq));
        else if (now === "look") leave(held.hold({ at: ++given, seen: seq }, 0));
        else if (now === "store" && durable < seq) leave(held.stored(++durable));
        else if (now === "fail" && durable < seq) {
          for (const { at, seen } of held.failed(durable + 1)) {
            expect(seen).toBeGreaterThan(durable);
            undone.push(at);
          }
          seq = durable;
        }
      }
      while (durable < seq) leave(held.stored(++durable));
      expect(held.size).toBe(0);
      expect(left).toEqual([...left].sort((one, other) => one - other));
      expect([...left, ...undone].sort((one, other) => one - other)).toEqual(
        Array.from({ length: given }, (_, i) => i + 1),
      );
    }),
  );
});
