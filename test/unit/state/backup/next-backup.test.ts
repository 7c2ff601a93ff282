import { expect, it } from "vitest";
import { nextBackup } from "../../../../src/state/backup/next-backup.js";

const hour = 3_600_000;
const at = Date.parse("2026-05-01T12:00:00Z");
const wait = (given: Partial<Parameters<typeof nextBackup>[0]>) =>
  nextBackup({ now: at, newest: at - hour / 4, everyMs: hour, failures: 0, ...given });

it("a backup is due an interval after the newest one, whoever made that", () => {
  expect(wait({})).toBe((hour * 3) / 4);
  expect(wait({ newest: at })).toBe(hour);
  expect(wait({ newest: at - hour })).toBe(0);
  expect(wait({ newest: at - 100 * hour })).toBe(0);
  expect(wait({ newest: undefined })).toBe(0);
});

it("a clock that was put back, or set far ahead, puts off no backup for longer than an interval", () => {
  expect(wait({ newest: at + 1000 * hour })).toBe(hour);
  expect(wait({ now: 0 })).toBe(hour);
  expect(wait({ now: at * 2 })).toBe(0);
});

it("a failed one is tried again after a minute, then after longer and longer, at most an interval", () => {
  expect([1, 2, 3, 6, 7, 100, 1e6].map((failures) => wait({ failures }) / 60_000)).toEqual([1, 2, 4, 32, 60, 60, 60]);
  expect(wait({ failures: 1, everyMs: 5000 })).toBe(5000);
});
