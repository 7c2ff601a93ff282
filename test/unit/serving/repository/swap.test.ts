import { describe, expect, test } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { isCanarys } from "../../../../src/serving/repository/swap/share.js";
import {
  beginSwap,
  outcomeOf,
  type SwapEvent,
  type SwapPlan,
  type SwapState,
  swapTurn,
} from "../../../../src/serving/repository/swap/swap.js";
import { swapSettings } from "../../../../src/serving/repository/swap/swap-settings.js";

const plan: SwapPlan = {
  name: "digits",
  from: "1",
  to: "2",
  share: 0.1,
  requests: 10,
  withinMs: 60_000,
  maxErrors: 0,
  maxLatencyRatio: 3,
  latencySlackMs: 10,
  maxDrift: 0.1,
};

const done: SwapEvent = { type: "done", what: "done" };

/** What a swap does on these events, one a millisecond. */
function play(events: readonly SwapEvent[], over: Partial<SwapPlan> = {}) {
  let now = 0;
  let { state, actions } = beginSwap({ ...plan, ...over }, now);
  const did = actions.map((action) => action.do);
  for (const event of events) {
    now++;
    ({ state, actions } = swapTurn(state, event, now));
    did.push(...actions.map((action) => action.do));
  }
  return { state, did, now };
}

const readied = [done, done, done, done];
const answers = (by: "fresh" | "old", ms: number, count: number): SwapEvent[] =>
  Array.from({ length: count }, () => ({ type: "answered", by, ms }));

describe("a swap that goes well", () => {
  test("takes each step in its turn, and the old version's place at the end", () => {
    const { state, did, now } = play([...readied, ...answers("old", 5, 90), ...answers("fresh", 6, 10), done]);
    expect(did).toEqual(["stage", "start", "warm", "check", "split", "tick", "promote", "end"]);
    expect(state.phase).toBe("promoted");
    expect(outcomeOf(state, now)).toMatchObject({
      result: "promoted",
      phase: "canary",
      from: "1",
      to: "2",
      seen: { requests: 10, errors: 0, p99: 6, oldP99: 5 },
      tookMs: 105,
    });
    expect(state.why).toMatch(/^10 requests in .* s, 0 failed, p99 6 ms, 1\.2 x that of the old version \(5 ms\)$/);
  });

  test("has no probation without a share, and without an old version", () => {
    expect(play([...readied, done], { share: 0 }).did).toEqual(["stage", "start", "warm", "check", "promote", "end"]);
  });

  test("waits no longer than it may where few requests come", () => {
    let { state } = play([...readied, ...answers("old", 5, 3), ...answers("fresh", 6, 1)]);
    state = swapTurn(state, { type: "tick" }, 60_003).state;
    expect(state.phase).toBe("canary");
    state = swapTurn(state, { type: "tick" }, 60_004).state;
    expect(state).toMatchObject({ phase: "promoting", decidedIn: "canary" });
  });

  test("is promoted unseen where nobody asks at all, and not while somebody does", () => {
    const nobody = play(readied).state;
    expect(swapTurn(nobody, { type: "tick" }, 60_004).state).toMatchObject({
      phase: "promoting",
      why: "no request came within 60 s",
    });
    const others = play([...readied, ...answers("old", 5, 3)]).state;
    expect(swapTurn(others, { type: "tick" }, 60_004).state.phase).toBe("canary");
  });
});

describe("a swap is rolled back", () => {
  test.each(["staging", "starting", "warming", "golden"])("when its step fails: %s", (phase) => {
    const before = ["staging", "starting", "warming", "golden"].indexOf(phase);
    const { state, did } = play([...readied.slice(0, before), { type: "failed", why: "no" }, done]);
    expect(did.slice(-2)).toEqual(["discard", "end"]);
    expect(outcomeOf(state, 9)).toMatchObject({ result: "rolled-back", phase, why: "no" });
  });

  test("at the first error too many, and not before", () => {
    const erred: SwapEvent = { type: "erred", why: "it threw" };
    expect(play([...readied, erred]).state).toMatchObject({
      phase: "rolling-back",
      why: "1 of 1 requests failed, 0 may; the latest: it threw",
    });
    expect(play([...readied, erred, erred], { maxErrors: 2 }).state.phase).toBe("canary");
    expect(play([...readied, erred, erred, erred], { maxErrors: 2 }).state.phase).toBe("rolling-back");
  });

  test("when it is slower than it may be, in ratio and in milliseconds", () => {
    const slow = (ms: number, over = {}) =>
      play([...readied, ...answers("old", 5, 90), ...answers("fresh", ms, 10)], over).state;
    expect(slow(16).phase).toBe("rolling-back");
    expect(slow(16).why).toBe("p99 16 ms, 3.2 x that of the old version (5 ms), at most 3 x may be");
    expect(slow(14).phase).toBe("promoting");
    expect(slow(16, { latencySlackMs: 20 }).phase).toBe("promoting");
    expect(slow(1e6, { maxLatencyRatio: Number.POSITIVE_INFINITY }).phase).toBe("promoting");
  });

  test("not for one pause of the machine", () => {
    const events = [...readied, ...answers("old", 5, 90), ...answers("fresh", 900, 2), ...answers("fresh", 5, 8)];
    expect(play(events).state.phase).toBe("promoting");
  });

  test("when its answers drift: at once where nothing can make it good, else at the end", () => {
    const drifted = (by: number): SwapEvent => ({ type: "drifted", by });
    expect(play([...readied, drifted(0.9)]).state.phase).toBe("canary");
    expect(play([...readied, drifted(0.9), drifted(0.9)]).state).toMatchObject({
      phase: "rolling-back",
      why: "drift 0.9 over 2 requests, at most 0.1 may be",
    });
    const end = [drifted(0.2), drifted(0.2), ...answers("fresh", 5, 10)];
    expect(play([...readied, ...end]).state.why).toMatch(/^drift 0\.2 over 2/);
    expect(play([...readied, drifted(Number.NaN)]).state.phase).toBe("rolling-back");
  });

  test.each([0, 1, 2, 3, 4])("when somebody wants the old one back, after %d steps", (steps) => {
    const { state } = play([...readied.slice(0, steps), { type: "abort", why: "by hand" }, done]);
    expect(outcomeOf(state, 9)).toMatchObject({ result: "rolled-back", why: "by hand" });
  });
});

test("what was decided stays decided, whatever comes", () => {
  const promoting = play([...readied, ...answers("fresh", 5, 10)]).state;
  const later: SwapEvent[] = [{ type: "abort", why: "too late" }, { type: "erred", why: "late" }, { type: "tick" }];
  for (const event of later) expect(swapTurn(promoting, event, 99)).toEqual({ state: promoting, actions: [] });
  // The old version could not be cleared away: the new one answers all the same.
  expect(swapTurn(promoting, { type: "failed", why: "stuck" }, 99).state.phase).toBe("promoted");
});

test("a tick that comes early is set again for what is left, so that a swap without traffic ends", () => {
  const { state } = play(readied);
  const early = swapTurn(state, { type: "tick" }, state.since + plan.withinMs - 0.5);
  expect(early.state.phase).toBe("canary");
  expect(early.actions).toEqual([{ do: "tick", ms: 0.5 }]);
  expect(swapTurn(early.state, { type: "tick" }, state.since + plan.withinMs).state.phase).toBe("promoting");
});

test("any events in any order end in one of two ways, with each action once", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const chance = seededChance(seed);
    const kinds: (() => SwapEvent)[] = [
      () => done,
      () => done,
      () => ({ type: "answered", by: chance() < 0.5 ? "fresh" : "old", ms: chance() * 20 }),
      () => ({ type: "erred", why: "e" }),
      () => ({ type: "drifted", by: chance() / 2 }),
      () => ({ type: "failed", why: "f" }),
      () => ({ type: "abort", why: "a" }),
      () => ({ type: "tick" }),
    ];
    const events = Array.from({ length: 400 }, () => kinds[Math.floor(chance() ** 2 * kinds.length)]!());
    const { state, did } = play(events, { maxErrors: 3 });
    expect(["promoted", "rolled-back"]).toContain(state.phase);
    // A timer that was early is set again.
    const once = did.filter((action) => action !== "tick");
    expect(new Set(once).size).toBe(once.length);
    expect(did.includes("promote")).toBe(state.phase === "promoted");
    expect(did.includes("discard")).toBe(state.phase === "rolled-back");
  }
});

test("a state can be told from its numbers alone: nothing is changed in place", () => {
  const { state } = beginSwap(plan, 0);
  const frozen = deepFreeze(state);
  expect(() => swapTurn(swapTurn(frozen, done, 1).state, { type: "abort", why: "x" }, 2)).not.toThrow();
});

function deepFreeze(state: SwapState): SwapState {
  for (const value of Object.values(state)) if (typeof value === "object" && value !== null) Object.freeze(value);
  return Object.freeze(state);
}

test("a share is spread evenly, and exact in the long run", () => {
  const taken = (share: number, of: number) =>
    Array.from({ length: of }, (_, i) => isCanarys(i + 1, share)).filter(Boolean).length;
  expect(taken(0.1, 1000)).toBe(100);
  expect(taken(1, 50)).toBe(50);
  expect(taken(0, 50)).toBe(0);
  expect(taken(0.29, 1000)).toBeGreaterThanOrEqual(289);
  expect([1, 2, 3, 4, 5, 6, 7, 8].map((n) => isCanarys(n, 0.25))).toEqual([
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    true,
  ]);
});

describe("options of a swap", () => {
  const sample = {
    request: { inputs: {} },
    expected: { y: { dtype: "float32", shape: [1], data: new Float32Array(1) } },
  };
  test.each([
    [{ ...sample, tolerance: Number.NaN }, "golden[0].tolerance is NaN"],
    [{ ...sample, tolerance: "1" }, 'golden[0].tolerance is "1"'],
    [{ ...sample, expected: {} }, "golden[0].expected is"],
    [{ ...sample, expected: undefined }, "golden[0].expected is undefined"],
    [{ ...sample, request: undefined }, "golden[0].request is undefined"],
    [undefined, "golden[0].request is undefined"],
  ])("refuse a golden sample that would let every version pass (%#)", (golden, says) => {
    expect(() => swapSettings({ golden: [golden] } as never, "digits.swap")).toThrow(`digits.swap.${says}`);
    expect(() => swapSettings({ golden: [sample] } as never, "digits.swap")).not.toThrow();
  });
});
