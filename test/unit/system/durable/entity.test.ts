import fc from "fast-check";
import { expect, it } from "vitest";
import { entityOf, keyOfMail, mailOf } from "../../../../src/system/durable/entity.js";

const keys = fc.oneof(
  fc.string({ unit: fc.constantFrom("!", "#", "a", "mail", "!mail"), maxLength: 6 }),
  fc.string({ unit: "binary", maxLength: 8 }),
);

it("an actor without a key is stored under its path, and one with a key beside it", () => {
  expect(entityOf("app/counter", undefined)).toBe("app/counter");
  expect(entityOf("app/users", "ann")).toBe("app/users#ann");
  expect(mailOf("app/users#ann")).toBe("app/users#ann!mail");
});

it("no two of state and mail of any keys have one name, and the key of mail is found again", () => {
  fc.assert(
    fc.property(keys, keys, (one, other) => {
      const [a, b] = [entityOf("app/box", one), entityOf("app/box", other)];
      expect(a === b).toBe(one === other);
      expect(a).not.toBe(mailOf(b));
      expect(keyOfMail(mailOf(a), "app/box")).toBe(one);
      expect(keyOfMail(a, "app/box")).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

it("mail of others is none of a group's", () => {
  expect(keyOfMail(mailOf("app/box"), "app/box")).toBeUndefined();
  expect(keyOfMail(mailOf("app/boxes#a"), "app/box")).toBeUndefined();
  expect(keyOfMail(mailOf("app/box#a"), "app/boxes")).toBeUndefined();
});
