import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admit,
  type BreakerRules,
  type BreakerState,
  closedBreaker,
  ended,
  type Verdict,
} from "../../../../src/serving/policies/breaker/breaker-rule.js";

const rules: BreakerRules = {
  failureRate: 0.5,
  slowRate: 0.8,
  slowMs: 100,
  windowMs: 10_000,
  minimumCalls: 10,
  openMs: 5000,
  probes: 2,
};

/** A breaker that has seen so many calls end so. */
function seen(verdicts: readonly Verdict[], from: BreakerState = closedBreaker(), now = 1000): BreakerState {
  let state = from;
  for (const verdict of verdicts) {
    const admission = admit(state, now, rules);
    if (!admission.admitted) throw new Error("it was not let through");
    state = ended(admission.state, admission.state.term, verdict, now, rules);
  }
  return state;
}

const times = (count: number, verdict: Verdict): Verdict[] => new Array<Verdict>(count).fill(verdict);

describe("a circuit breaker", () => {
  it("opens when half of at least ten calls have failed, and not before", () => {
    expect(seen([...times(4, "well"), ...times(5, "failed")]).is).toBe("closed");
    expect(seen([...times(5, "well"), ...times(5, "failed")]).is).toBe("open");
    expect(seen([...times(6, "well"), ...times(5, "failed")]).is).toBe("closed");
  });

  it("opens when most answers are slow", () => {
    expect(seen([...times(3, "well"), ...times(7, "slow")]).is).toBe("closed");
    expect(seen([...times(2, "well"), ...times(8, "slow")]).is).toBe("open");
  });

  it("says why it has opened, in numbers", () => {
    expect(seen([...times(5, "well"), ...times(5, "failed")])).toMatchObject({
      why: "5 of 10 calls within 10000 ms failed",
    });
  });

  it("does not count what says nothing of who was asked", () => {
    expect(seen(times(100, "nothing"))).toEqual(closedBreaker());
  });

  it("forgets what is older than its window", () => {
    const failing = seen(times(9, "failed"), closedBreaker(), 0);
    expect(seen(["failed"], failing, 8999).is).toBe("open");
    expect(seen(["failed"], failing, 10_000).is).toBe("closed");
  });

  it("holds no more of the past than its slices, however long it runs", () => {
    let state = closedBreaker();
    for (let now = 0; now < 100_000; now += 13) state = seen(["well"], state, now);
    expect((state as Extract<BreakerState, { is: "closed" }>).slices.length).toBeLessThanOrEqual(10);
  });

  it("lets nothing through while it is open, and says how long that is", () => {
    const open = seen(times(10, "failed"));
    expect(admit(open, 1000, rules)).toEqual({ state: open, admitted: false, retryAfterMs: 5000 });
    expect(admit(open, 5999.5, rules)).toMatchObject({ admitted: false, retryAfterMs: 1 });
    expect(admit(open, 6000, rules)).toMatchObject({ admitted: true, state: { is: "half-open" } });
  });

  it("lets so many probes through, and closes when all of them went well", () => {
    const first = admit(seen(times(10, "failed")), 6000, rules).state;
    const second = admit(first, 6000, rules);
    expect(second.admitted).toBe(true);
    expect(admit(second.state, 6000, rules).admitted).toBe(false);
    const one = ended(second.state, second.state.term, "well", 6001, rules);
    expect(one.is).toBe("half-open");
    expect(ended(one, one.term, "well", 6002, rules)).toMatchObject({ is: "closed", slices: [] });
  });

  it("opens again when a probe fails or is slow", () => {
    const { state } = admit(seen(times(10, "failed")), 6000, rules);
    expect(ended(state, state.term, "failed", 6100, rules)).toMatchObject({ is: "open", until: 11_100 });
    expect(ended(state, state.term, "slow", 6100, rules)).toMatchObject({ is: "open", why: "a probe was slow" });
  });

  it("gives the place of a probe that said nothing to another", () => {
    const { state } = admit(seen(times(10, "failed")), 6000, rules);
    const again = ended(state, state.term, "nothing", 6100, rules);
    expect(again).toMatchObject({ is: "half-open", probes: 0 });
    expect(admit(again, 6100, rules).admitted).toBe(true);
  });

  it("lets others through when its probes are never heard of", () => {
    let { state } = admit(seen(times(10, "failed")), 6000, rules);
    ({ state } = admit(state, 6000, rules));
    expect(admit(state, 10_999, rules)).toMatchObject({ admitted: false, retryAfterMs: 1 });
    expect(admit(state, 11_000, rules)).toMatchObject({ admitted: true, state: { is: "half-open", probes: 1 } });
  });

  it("closes where probes take longer than it stays open", () => {
    let { state } = admit(seen(times(10, "failed")), 6000, rules);
    const { term } = state;
    ({ state } = admit(state, 6000, rules));
    ({ state } = admit(state, 11_000, rules));
    state = ended(state, term, "well", 12_000, rules);
    expect(ended(state, term, "well", 12_001, rules).is).toBe("closed");
  });

  it("hears nothing of calls that an earlier state let through", () => {
    const open = seen(times(10, "failed"));
    expect(ended(open, open.term - 1, "well", 7000, rules)).toBe(open);
    const { state } = admit(open, 6000, rules);
    expect(ended(state, open.term, "failed", 6001, rules)).toBe(state);
  });

  it("always comes back when all goes well again, whatever has happened", () => {
    const event = fc.record({
      gap: fc.nat(20_000),
      verdict: fc.constantFrom<Verdict>("well", "slow", "failed", "nothing"),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        let state = closedBreaker();
        let now = 0;
        for (const { gap, verdict } of events) {
          now += gap;
          const admission = admit(state, now, rules);
          state = admission.state;
          if (admission.admitted) state = ended(state, state.term, verdict, now, rules);
          else expect(admission.retryAfterMs).toBeGreaterThan(0);
        }
        for (let calls = 0; calls < 50; calls++) {
          now += rules.openMs;
          const admission = admit(state, now, rules);
          expect(admission.admitted).toBe(true);
          state = ended(admission.state, admission.state.term, "well", now, rules);
        }
        expect(state.is).toBe("closed");
      }),
    );
  });
});
