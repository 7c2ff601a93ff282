import { describe, expect, it } from "vitest";
import { checkKeep, type Keep, kept } from "../../../../src/state/backup/keep.js";

/** Backups numbered from 1 on, at these times. */
const made = (...times: string[]) => times.map((time, i) => ({ number: i + 1, at: Date.parse(time), time }));
const stay = (keep: Keep, ...times: string[]) =>
  [...kept(made(...times), keep)]
    .map(({ time }) => time)
    .sort((one, other) => times.indexOf(one) - times.indexOf(other));

describe("which backups are kept", () => {
  it("of each hour the newest, for so many hours that have any", () => {
    const times = ["2026-05-01T09:59Z", "2026-05-01T10:00Z", "2026-05-01T10:59Z", "2026-05-01T15:00Z"];
    expect(stay({ hourly: 2 }, ...times)).toEqual(["2026-05-01T10:59Z", "2026-05-01T15:00Z"]);
    expect(stay({ hourly: 3 }, ...times)).toEqual(["2026-05-01T09:59Z", "2026-05-01T10:59Z", "2026-05-01T15:00Z"]);
  });

  it("of each day in UTC, also where the clocks of a country change", () => {
    const times = [
      "2026-03-28T23:30Z",
      "2026-03-29T00:30Z",
      "2026-03-29T01:30Z",
      "2026-03-29T23:59Z",
      "2026-03-30T00:00Z",
    ];
    expect(stay({ daily: 2 }, ...times)).toEqual(["2026-03-29T23:59Z", "2026-03-30T00:00Z"]);
    expect(stay({ hourly: 5 }, ...times)).toEqual(times);
  });

  it("of each week from Monday on, and of each month, over the turn of a year", () => {
    const times = [
      "2025-12-28T12:00Z",
      "2025-12-29T12:00Z",
      "2025-12-31T12:00Z",
      "2026-01-01T12:00Z",
      "2026-01-04T23:59Z",
    ];
    expect(stay({ weekly: 2 }, ...times)).toEqual(["2025-12-28T12:00Z", "2026-01-04T23:59Z"]);
    expect(stay({ monthly: 2 }, ...times)).toEqual(["2025-12-31T12:00Z", "2026-01-04T23:59Z"]);
  });

  it("what any rule keeps, and each counts by itself", () => {
    const times = [
      "2026-01-31T12:00Z",
      "2026-04-30T12:00Z",
      "2026-05-01T08:00Z",
      "2026-05-01T09:10Z",
      "2026-05-01T09:20Z",
    ];
    expect(stay({ last: 2, daily: 2, monthly: 3 }, ...times)).toEqual([
      "2026-01-31T12:00Z",
      "2026-04-30T12:00Z",
      "2026-05-01T09:10Z",
      "2026-05-01T09:20Z",
    ]);
  });

  it("the newest always, by its number: a clock that was put back makes it look old", () => {
    expect(stay({ daily: 1 }, "2026-05-01T12:00Z", "2026-05-02T12:00Z", "2020-01-01T00:00Z")).toEqual([
      "2020-01-01T00:00Z",
    ]);
    expect(stay({ last: 1 }, "2026-05-02T12:00Z", "2026-05-01T12:00Z")).toEqual(["2026-05-01T12:00Z"]);
    expect(stay({ daily: 2 }, "2026-05-01T12:00Z", "1970-01-01T00:00Z", "1970-01-01T00:00Z")).toHaveLength(2);
    expect(stay({ hourly: 0, daily: 0 }, "2026-05-01T12:00Z")).toHaveLength(1);
  });

  it("nothing of nothing", () => {
    expect(kept([], { last: 3 }).size).toBe(0);
  });

  it("hourly backups of two years stay few, and reach back as far as the policy says", () => {
    const start = Date.parse("2024-01-01T00:30Z");
    let backups: { number: number; at: number }[] = [];
    for (let number = 0; number < 24 * 730; number++) {
      backups.push({ number, at: start + number * 3_600_000 });
      backups = [...kept(backups, { hourly: 24, daily: 7, weekly: 4, monthly: 12 })];
    }
    expect(backups.length).toBeLessThanOrEqual(24 + 7 + 4 + 12);
    const months = new Set(backups.map(({ at }) => new Date(at).toISOString().slice(0, 7)));
    expect(months.size).toBe(12);
    const newest = Math.max(...backups.map(({ at }) => at));
    expect(backups.filter(({ at }) => newest - at < 24 * 3_600_000)).toHaveLength(24);
  });
});

it("a policy that is none is refused by the field's name", () => {
  const check = (keep: unknown) => () => checkKeep(keep as Keep, "backup.keep");
  expect(check({ hourly: 24, daily: 7 })).not.toThrow();
  expect(check({ hourly: 24, daily: undefined })).not.toThrow();
  expect(check({ hourly: -1 })).toThrow("backup.keep.hourly is -1: give a whole number from 0 on");
  expect(check({ hourly: 1.5 })).toThrow(/hourly is 1\.5/);
  expect(check({ hourly: "24" })).toThrow(/hourly is "24"/);
  expect(check({ houry: 24 })).toThrow(/did you mean "hourly"/);
  expect(check({})).toThrow(/backup\.keep keeps nothing/);
  expect(check({ daily: 0 })).toThrow(/keeps nothing/);
  expect(check(7)).toThrow(/give an object/);
});
