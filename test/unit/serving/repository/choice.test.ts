import { expect, test } from "vitest";
import { type ChoiceView, choose, chosen } from "../../../../src/serving/repository/choice.js";

const offer = (version: number, digest = `d${version}`) => ({ version, digest });
const nothing: ChoiceView = {
  policy: { latest: 1 },
  offered: [],
  loaded: [],
  current: undefined,
  pinned: new Set(),
  passedOver: new Set(),
};

test("the highest version is loaded first, and answers", () => {
  const view = { ...nothing, offered: [offer(1), offer(12), offer(3)] };
  expect(choose(view)).toEqual({ act: "load", version: 12, current: true });
});

test("a higher version than the one that answers is swapped in, a lower one is let lie", () => {
  const view = { ...nothing, loaded: [offer(2)], current: offer(2) };
  expect(choose({ ...view, offered: [offer(1), offer(2), offer(3)] })).toEqual({ act: "swap", version: 3 });
  expect(choose({ ...view, offered: [offer(1), offer(2)] })).toBeUndefined();
});

test("another file of the version that answers is swapped in", () => {
  const view = { ...nothing, offered: [offer(1, "new")], loaded: [offer(1, "old")], current: offer(1, "old") };
  expect(choose(view)).toEqual({ act: "swap", version: 1 });
});

test("what did not do is not tried again, and the next best answers instead", () => {
  const view = { ...nothing, offered: [offer(1), offer(2)], passedOver: new Set(["d2"]) };
  expect(choose(view)).toEqual({ act: "load", version: 1, current: true });
  expect(choose({ ...view, loaded: [offer(1)], current: offer(1) })).toBeUndefined();
});

test("lower versions that the policy wants are loaded beside, the highest of them first", () => {
  const offered = [offer(1), offer(2), offer(3)];
  const view = { ...nothing, policy: "all" as const, offered, loaded: [offer(3)], current: offer(3) };
  expect(choose(view)).toEqual({ act: "load", version: 2, current: false });
  expect(choose({ ...view, policy: { latest: 2 }, loaded: [offer(3), offer(2)] })).toBeUndefined();
  expect(choose({ ...view, policy: [1, 3] })).toEqual({ act: "load", version: 1, current: false });
});

test("what no policy wants any more is unloaded, but neither what answers nor what was loaded on purpose", () => {
  const offered = [offer(1), offer(2), offer(3)];
  const view = { ...nothing, offered, loaded: offered, current: offer(3) };
  expect(choose(view)).toEqual({ act: "unload", version: 1 });
  expect(choose({ ...view, pinned: new Set([1, 2]) })).toBeUndefined();
  // 3 was gone back from: 1 answers, though the policy would have the latest.
  expect(
    choose({ ...nothing, offered, loaded: [offer(1)], current: offer(1), passedOver: new Set(["d2", "d3"]) }),
  ).toBeUndefined();
});

test("what is loaded stays loaded when its file goes", () => {
  expect(choose({ ...nothing, loaded: [offer(2)], current: offer(2) })).toBeUndefined();
});

test("each policy names its versions", () => {
  const there = [offer(1), offer(2), offer(10)];
  expect([...chosen({ latest: 2 }, there)]).toEqual([10, 2]);
  expect([...chosen("all", there)]).toEqual([10, 2, 1]);
  expect([...chosen([2, 4], there)]).toEqual([2]);
});
