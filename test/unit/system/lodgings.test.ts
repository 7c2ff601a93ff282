import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Actor, type ActorClass } from "../../../src/actor/actor.js";
import type { CellSpec } from "../../../src/host/booting.js";
import { Lodgings } from "../../../src/system/actor/lodgings.js";
import type { SystemContext } from "../../../src/system/context.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

class Heavy extends Actor {
  static load() {}
}

it("cells for props that are no objects go with the last who holds them, and not before", async () => {
  const lodgings = new Lodgings(() => ({}) as SystemContext);
  const cells = (props: unknown) => lodgings.shared(Heavy as unknown as ActorClass, props, () => ({}) as CellSpec);
  const held = cells("held");
  const dropped = new WeakRef(cells("dropped"));
  for (let tries = 0; dropped.deref() && tries < 100; tries++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(dropped.deref()).toBeUndefined();
  expect(cells("held")).toBe(held);
});
