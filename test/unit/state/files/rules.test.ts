import { describe, expect, it } from "vitest";
import { filesSettings } from "../../../../src/state/files/files-options.js";
import { GROUP_BYTES, groupOf, isCheckpointDue, retryAfter } from "../../../../src/state/files/rules.js";

const MIB = 1024 * 1024;

describe("which batches go with the next sync", () => {
  it.each([
    ["all that wait", [10, 20, 30], "group", 3],
    ["one, where each is to have its own", [10, 20, 30], "each", 1],
    ["as many as are written in a moment", [GROUP_BYTES - 10, 10, 1], "group", 2],
    ["one at least, however large", [GROUP_BYTES * 2, 1], "group", 1],
    ["all too where nothing is synced", [10, 20], "lost-at-power-cut", 2],
  ] as const)("%s", (_, sizes, sync, count) => {
    expect(groupOf(sizes, sync)).toBe(count);
  });
});

describe("when a checkpoint is due", () => {
  const settings = filesSettings({ segmentBytes: 8 * MIB });
  it.each([
    ["not before its bytes", 31 * MIB, 0, 4, false],
    ["at its bytes", 32 * MIB, 0, 4, true],
    ["not while more is kept than was written", 99 * MIB, 100 * MIB, 13, false],
    ["when as much was written as is kept", 100 * MIB, 100 * MIB, 13, true],
    ["not while starts have left a few small journals", 19 * 300, 0, 19, false],
    ["when they have left many", 20 * 300, 0, 20, true],
    ["later where more is kept, for it costs more", 300 * 300, 3000 * MIB, 300, false],
  ])("%s", (_, journalBytes, liveBytes, journals, due) => {
    expect(isCheckpointDue({ journalBytes, liveBytes, journals }, settings)).toBe(due);
  });
});

it("a store that failed is tried again after longer and longer, and never less often than every ten seconds", () => {
  expect([1, 2, 3, 4, 7, 8, 1000].map(retryAfter)).toEqual([100, 200, 400, 800, 6400, 10_000, 10_000]);
});
