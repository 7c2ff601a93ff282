import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Conduct, type EjectionLimits, judgeOutliers } from "../../../src/routing/ejection/outliers.js";
import { ServiceRecord } from "../../../src/routing/ejection/service-record.js";

const limits: EjectionLimits = { failures: 5, slower: 5, forMs: 10_000, longestMs: 300_000, most: 0.5 };

const member = (id: string, more: Partial<Conduct> = {}): Conduct => ({
  id,
  answered: 100,
  failedInRow: 0,
  failing: 0,
  serviceMs: 10,
  ejected: false,
  times: 0,
  ...more,
});

const named = (...members: Conduct[]) => judgeOutliers(members, limits).map(({ id }) => id);

describe("a member is ejected", () => {
  test("after failures in a row, however few answers there are", () => {
    const bad = member("2", { answered: 5, failedInRow: 5, failing: 1 });
    expect(judgeOutliers([member("1"), bad, member("3")], limits)).toEqual([
      { id: "2", forMs: 10_000, why: "5 failures in a row" },
    ]);
    expect(named(member("1"), member("2", { failedInRow: 4 }))).toEqual([]);
  });

  test("for a larger part of failures than the others have, with the numbers", () => {
    const [ejection] = judgeOutliers([member("1"), member("2", { failing: 0.5 }), member("3")], limits);
    expect(ejection).toMatchObject({ id: "2", why: "50 % of its answers fail, 0 % of the others'" });
    // All fail alike: the fault is elsewhere.
    expect(named(member("1", { failing: 0.5 }), member("2", { failing: 0.6 }))).toEqual([]);
    expect(named(member("1"), member("2", { failing: 0.5, answered: 19 }))).toEqual([]);
  });

  test("for being slow beside the others", () => {
    const [ejection] = judgeOutliers([member("1"), member("2", { serviceMs: 51 }), member("3")], limits);
    expect(ejection).toMatchObject({ id: "2", why: "a message takes it 51 ms, the others 10 ms" });
    expect(named(member("1"), member("2", { serviceMs: 49 }), member("3"))).toEqual([]);
    // Ten times nothing is nothing.
    expect(named(member("1", { serviceMs: 0.01 }), member("2", { serviceMs: 0.5 }))).toEqual([]);
  });
});

test("each time lasts twice as long, up to the longest", () => {
  const forMs = (times: number) =>
    judgeOutliers([member("1"), member("2", { failedInRow: 9, times })], limits)[0]!.forMs;
  expect([0, 1, 2, 5, 1000].map(forMs)).toEqual([10_000, 20_000, 40_000, 300_000, 300_000]);
});

test("never is more ejected than may be, and never the last one", () => {
  const conduct = fc.record({
    answered: fc.nat(50),
    failedInRow: fc.nat(8),
    failing: fc.double({ min: 0, max: 1, noNaN: true }),
    serviceMs: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }), { nil: undefined }),
    ejected: fc.boolean(),
    times: fc.nat(5),
  });
  fc.assert(
    fc.property(
      fc.array(conduct, { minLength: 1, maxLength: 16 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, most) => {
        const members = all.map((one, i) => ({ id: String(i), ...one }));
        const before = members.filter(({ ejected }) => ejected).length;
        const after = judgeOutliers(members, { ...limits, most });
        const may = Math.min(members.length - 1, Math.max(1, Math.floor(members.length * most)));
        expect(after.length).toBeLessThanOrEqual(Math.max(0, may - before));
        for (const { id } of after) expect(members[Number(id)]!.ejected).toBe(false);
      },
    ),
  );
});

describe("the record of a member", () => {
  test("learns what a message takes from how long it worked, not from how long it was idle", () => {
    const record = new ServiceRecord();
    for (let at = 0; at < 10_000; at += 1000) {
      record.began(at);
      record.ended(at + 5, false, true);
      record.ended(at + 10, false, false);
    }
    expect(record.serviceMs).toBeCloseTo(5);
    expect(record.answered).toBe(20);
  });

  test("follows a change within some answers, and forgets on request", () => {
    const record = new ServiceRecord();
    let at = 0;
    const answer = (took: number, failed = false) => {
      record.began(at);
      at += took;
      record.ended(at, failed, false);
    };
    for (let i = 0; i < 100; i++) answer(5);
    for (let i = 0; i < 60; i++) answer(50, true);
    expect(record.serviceMs).toBeGreaterThan(45);
    expect(record.failing).toBeGreaterThan(0.9);
    expect(record.failedInRow).toBe(60);
    answer(50);
    expect(record.failedInRow).toBe(0);
    record.forget();
    expect([record.answered, record.failing, record.serviceMs]).toEqual([0, 0, undefined]);
  });

  test("does not count the time in which the member was down", () => {
    const record = new ServiceRecord();
    record.began(0);
    record.paused();
    record.began(1000);
    record.ended(1007, false, false);
    expect(record.serviceMs).toBe(7);
  });
});
