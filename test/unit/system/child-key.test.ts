import fc from "fast-check";
import { expect, it } from "vitest";
import { keyOf } from "../../../src/system/child-key.js";

const names = fc.oneof(fc.string(), fc.nat().map(String), fc.stringMatching(/^[0-9]{0,12}$/));

it("the key of a child says its name, so no two names have one", () => {
  fc.assert(
    fc.property(names, (name) => {
      expect(String(keyOf(name))).toBe(name);
    }),
  );
});

it("what a supervisor numbers its children by is kept as a small integer", () => {
  expect([keyOf("0"), keyOf("1"), keyOf("999999999")]).toEqual([0, 1, 999_999_999]);
});

it("a name that only looks like a number keeps its text", () => {
  const others = [
    "",
    "01",
    "00",
    "-1",
    "1.0",
    "1e3",
    "+1",
    " 1",
    "1 ",
    "0x1",
    "٣",
    "1000000000",
    "99999999999999999999",
  ];
  for (const name of others) expect(keyOf(name)).toBe(name);
});
