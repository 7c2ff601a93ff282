import { describe, expect, it } from "vitest";
import { nextLook } from "../../../src/routing/scaling/next-look.js";
import type { ScalingView } from "../../../src/routing/scaling/scaling-rule.js";

const bounds = { min: 1, targetWaitMs: 50, shrinkAfterMs: 30_000 };
const view = (some: Partial<ScalingView>) =>
  ({ waiting: 0, busy: 0, members: 1, oldestWaitMs: 0, ...some }) as ScalingView;

describe("a pool is looked at again", () => {
  it.each([
    ["when what waits has waited too long", view({ waiting: 3, oldestWaitMs: 20 }), false, { inMs: 30, atWaiting: 6 }],
    ["no sooner than at once", view({ waiting: 1, oldestWaitMs: 49.9 }), false, { inMs: 2, atWaiting: 2 }],
    ["later, where that had no use", view({ waiting: 1, oldestWaitMs: 51 }), false, { inMs: 100, atWaiting: 2 }],
    ["later, where a start takes longer", view({ waiting: 1, startMs: 90 }), false, { inMs: 90, atWaiting: 2 }],
    ["while somebody works", view({ busy: 1 }), false, { inMs: 100 }],
    ["while a growth is judged", view({}), true, { inMs: 100 }],
    ["now and then, while it may shrink", view({ members: 2 }), false, { inMs: 3000 }],
    ["not at all, while it is idle at its least", view({}), false, undefined],
  ] as const)("%s", (_, what, judging, next) => {
    expect(nextLook(what, bounds, judging)).toEqual(next);
  });

  it("as often as members may go, where that is soon", () => {
    expect(nextLook(view({ members: 2 }), { ...bounds, shrinkAfterMs: 40 }, false)).toEqual({ inMs: 40 });
    expect(nextLook(view({ members: 2 }), { ...bounds, shrinkAfterMs: 1 }, false)).toEqual({ inMs: 20 });
  });
});
