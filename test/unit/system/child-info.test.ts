import { dynamic, inline, keyed, pool, supervisor, system } from "holdfast";
import { expect, it } from "vitest";
import { childRules } from "../../../src/supervision/spec.js";
import { childInfo } from "../../../src/system/supervisor/child-info.js";
import type { Unit } from "../../../src/system/unit.js";
import { Hand } from "../../actors/cast.mjs";

const standing = { state: "running", reason: undefined, restarts: 0 } as const;

it("a child is listed without a walk through what is below it, which may be thousands", () => {
  const tree = () => {
    throw new Error("walked");
  };
  const unit = { name: "many", path: "app/many", kind: "supervisor", tree } as Partial<Unit> as Unit;
  expect(childInfo(unit, childRules({}, "app/many"), standing).kind).toBe("supervisor");
});

it("a child is listed as what it is in the tree", async () => {
  const hand = () => inline(Hand);
  const children = {
    a: hand(),
    b: pool(hand(), { size: 1 }),
    c: keyed(hand()),
    d: dynamic(hand()),
    e: supervisor({}, {}),
  };
  const app = await system(supervisor({}, children));
  expect(app.children().map(({ kind }) => kind)).toEqual(app.tree().children!.map(({ kind }) => kind));
  expect(app.children().map(({ kind }) => kind)).toEqual(["actor", "pool", "keyed", "supervisor", "supervisor"]);
  await app.stop();
});
