import { expect, test } from "vitest";
import { workingBounds } from "../../../src/routing/scaling/working-bounds.js";

test.each([
  ["nobody is aside", { min: 1, max: 4 }, 0, { min: 1, max: 4 }],
  ["who is aside is stood in for, and keeps its place below max", { min: 2, max: 4 }, 1, { min: 2, max: 3 }],
  ["there is no room for all that should work", { min: 3, max: 4 }, 2, { min: 2, max: 2 }],
  ["a pool of one size has no room for more", { min: 2, max: 2 }, 1, { min: 1, max: 1 }],
  ["all are aside", { min: 1, max: 2 }, 2, { min: 0, max: 0 }],
  ["more are aside than there may be, for a moment", { min: 1, max: 2 }, 3, { min: 0, max: 0 }],
  ["none is needed", { min: 0, max: 2 }, 1, { min: 0, max: 1 }],
])("%s", (_, bounds, aside, expected) => {
  expect(workingBounds(bounds, aside)).toEqual(expected);
});
