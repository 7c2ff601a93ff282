import { expect, it } from "vitest";
import { decide, initial } from "../../../src/supervision/decide.js";
import { childRules, supervisorRules } from "../../../src/supervision/spec.js";
import { Children } from "../../../src/system/supervisor/children.js";
import { noKeeper, type Unit } from "../../../src/system/unit.js";

const inbox = { ...noKeeper, post() {}, changed() {} };
const rules = childRules({}, "app.a");
const child = (id: string) => ({ id, rules, unit: { name: id, path: `app/${id}`, keeper: noKeeper } as Unit });

it.each([[["a", "b", "c"]], [["3", "1", "2"]], [["2", "02", "b"]]])(
  "a table of the units %j is to decide what a Map is",
  (ids) => {
    const [a, b, c] = ids as [string, string, string];
    const children = new Children("app", inbox);
    for (const id of ids) children.adopt(child(id));
    const own = supervisorRules({ strategy: "rest-for-one" }, "app");
    const named = ids.map((id) => ({ id, rules }));
    let [kept, plain] = [initial(own, named, "rollback", children), initial(own, named, "rollback")];
    const error = new Error("fell");
    for (const event of [
      { type: "start" },
      { type: "ready", id: a },
      { type: "ready", id: b },
      { type: "ready", id: c },
      { type: "died", id: b, guilty: false, normal: false, error },
      { type: "stopped", id: c },
      { type: "ready", id: b },
      { type: "remove", id: a },
      { type: "stopped", id: a },
      { type: "stop" },
    ] as const) {
      const [here, there] = [decide(kept, event, 0, Math.random), decide(plain, event, 0, Math.random)];
      expect(here.actions).toEqual(there.actions);
      [kept, plain] = [here.state, there.state];
      expect([...kept.children]).toEqual([...plain.children]);
      expect([...kept.children.keys()]).toEqual([...plain.children.keys()]);
      expect([...kept.children.values()]).toEqual([...plain.children.values()]);
      expect(kept.children.size).toBe(plain.children.size);
    }
  },
);

it("a child that has come up at its first start is its unit alone, and is remembered as it was when something happens", () => {
  const children = new Children("app", inbox);
  const one = children.adopt(child("a"));
  initial(supervisorRules({}, "app"), [{ id: "a", rules }], "rollback", children);
  children.settle("a");
  expect(children.eventful("a")).toBe(one);
  one.starts = 1;
  children.settle("a");
  expect(children.eventful("a")).toBeUndefined();
  expect(children.child("a")).toMatchObject({ id: "a", starts: 1, rules, reason: undefined });
});

it("one with a reason, a waiter or a second start is remembered", async () => {
  const children = new Children("app", inbox);
  const one = children.adopt(child("a"));
  one.starts = 2;
  expect(one.uneventful).toBe(false);
  one.starts = 1;
  one.reason = "fell";
  expect(one.uneventful).toBe(false);
  one.reason = undefined;
  const up = one.until("up");
  expect(one.uneventful).toBe(false);
  one.isNow("up");
  await up;
  expect(one.uneventful).toBe(true);
});
