import { describe, expect, it } from "vitest";
import { decideHedge, patienceAfter } from "../../../../src/serving/policies/hedge/hedge-rule.js";
import { LatencyWindow } from "../../../../src/serving/policies/hedge/latency-window.js";
import { TokenBucket } from "../../../../src/serving/policies/token-bucket.js";

describe("a late call is asked a second time", () => {
  it("where a member is free and the budget allows it", () => {
    const load = { waiting: 0, executing: 1, ready: 2 };
    expect(decideHedge({ load, affordable: true })).toBe("ask");
    expect(decideHedge({ load, affordable: false })).toBe("budget");
  });

  it("not where messages wait: then the mailbox is what is slow", () => {
    expect(decideHedge({ load: { waiting: 1, executing: 1, ready: 2 }, affordable: true })).toBe("busy");
  });

  it("not where every member has something to do, or is away", () => {
    expect(decideHedge({ load: { waiting: 0, executing: 2, ready: 2 }, affordable: true })).toBe("busy");
    expect(decideHedge({ load: { waiting: 0, executing: 0, ready: 0 }, affordable: true })).toBe("busy");
  });

  it("not where there is only one who could answer", () => {
    expect(decideHedge({ load: "none", affordable: true })).toBe("alone");
  });

  it("where nobody can see how much there is to do", () => {
    expect(decideHedge({ load: undefined, affordable: true })).toBe("ask");
  });

  it("later where the budget does not last for all that take long, and sooner again when it does", () => {
    let patience = 1;
    for (let denied = 0; denied < 5; denied++) patience = patienceAfter(patience, "spent");
    expect(patience).toBeCloseTo(1.61, 2);
    for (let denied = 0; denied < 100; denied++) patience = patienceAfter(patience, "spent");
    expect(patience).toBe(8);
    for (let call = 0; call < 1000; call++) patience = patienceAfter(patience, "saved");
    expect(patience).toBe(1);
  });
});

describe("how long a call takes", () => {
  it("is not known from a few answers", () => {
    const window = new LatencyWindow(100, 10);
    for (let i = 0; i < 9; i++) window.add(i);
    expect(window.quantile(0.5)).toBeUndefined();
    window.add(9);
    expect(window.quantile(0.5)).toBe(4);
  });

  it("is what that part of the latest answers did not exceed", () => {
    const window = new LatencyWindow(1000, 100);
    for (let i = 1; i <= 1000; i++) window.add(i);
    expect(window.quantile(0.95)).toBe(950);
    expect(window.quantile(0.985)).toBe(985);
    expect(window.quantile(1)).toBe(1000);
  });

  it("forgets answers of long ago", () => {
    const window = new LatencyWindow(100, 10);
    for (let i = 0; i < 100; i++) window.add(1000);
    for (let i = 0; i < 100; i++) window.add(1);
    expect(window.quantile(0.99)).toBe(1);
  });
});

describe("a budget for extra work", () => {
  it("is a part of the work there is, in the long run", () => {
    const bucket = new TokenBucket(0.02, 10, 0);
    let extra = 0;
    for (let call = 0; call < 10_000; call++) {
      bucket.earn();
      if (bucket.take()) extra++;
    }
    expect(extra).toBe(200);
  });

  it("saves up no more than its bound in quiet times", () => {
    const bucket = new TokenBucket(0.1, 5);
    for (let call = 0; call < 1000; call++) bucket.earn();
    let extra = 0;
    while (bucket.take()) extra++;
    expect(extra).toBe(5);
  });
});
