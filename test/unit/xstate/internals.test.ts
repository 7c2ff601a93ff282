import { expect, it } from "vitest";
import { type AnyActorRef, createActor, createMachine } from "xstate";
import { internalsOf } from "../../../src/xstate/internals.js";

it("an XState that is made otherwise is refused by name, not gone around", () => {
  const made = () => createActor(createMachine({}));
  expect(() => internalsOf(made())).not.toThrow();
  for (const name of ["_relay", "_register", "_bookId", "scheduler"]) {
    const root = made();
    Object.assign(root.system, { [name]: undefined });
    expect(() => internalsOf(root as AnyActorRef)).toThrow(`this version of xstate has no system.${name}`);
  }
});
