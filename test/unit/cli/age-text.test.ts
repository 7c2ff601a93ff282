import { expect, test } from "vitest";
import { ageText } from "../../../src/observe/age-text.js";

test.each([
  [0, "just now"],
  [9999, "just now"],
  [10_000, "10 s ago"],
  [59_999, "50 s ago"],
  [60_000, "1 min ago"],
  [3_599_999, "59 min ago"],
  [3_600_000, "1 h ago"],
  [47 * 3_600_000, "47 h ago"],
  [48 * 3_600_000, "2 days ago"],
])("%d ms are %s", (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
