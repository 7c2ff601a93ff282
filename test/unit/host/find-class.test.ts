import { describe, expect, it } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import { findActorClass } from "../../../src/host/find-class.js";

class One extends Actor {}
class Two extends Actor {}
class Below extends One {}

/** A class of another copy of the package: same name, other identity. */
const Foreign = (() => {
  class Actor {}
  return class Theirs extends Actor {};
})();

describe("the actor class of a module", () => {
  it.each([
    ["handed over directly", One, undefined, One],
    ["the only subclass", { One, helper: () => 1, VERSION: "1" }, undefined, One],
    ["the default export before others", { default: Two, One }, undefined, Two],
    ["the named one", { One, Two }, "Two", Two],
    ["a subclass of a subclass", { Below }, undefined, Below],
    ["one that another copy of the package made", { Foreign }, undefined, Foreign],
  ])("is %s", (_, module, name, expected) => {
    expect(findActorClass(module, "file:///x.js", name)).toBe(expected);
  });

  it.each([
    [
      "none",
      { helper: () => 1 },
      undefined,
      'exports no Actor subclass (it exports helper): write "export class Name extends Actor"',
    ],
    ["nothing at all", {}, undefined, "it exports nothing"],
    ["several", { One, Two }, undefined, 'several Actor subclasses (One, Two): say which with { export: "One" }'],
    ["no such name", { One }, "Three", 'has no Actor subclass exported as "Three": it exports One'],
    ["a name that is no actor", { One, Plain: class {} }, "Plain", 'no Actor subclass exported as "Plain"'],
  ])("with %s, an error says what there is and what to write", (_, module, name, text) => {
    expect(() => findActorClass(module, "file:///x.js", name)).toThrow(text);
    expect(() => findActorClass(module, "file:///x.js", name)).toThrow(/^file:\/\/\/x\.js /);
  });
});
