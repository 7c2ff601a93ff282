import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { poolsPlot } from "./pools-plot.mjs";

test("the picture of pools shows the published figures", () => {
  const figures = JSON.parse(readFileSync("docs/figures/pools.json", "utf8")) as Record<string, unknown>;
  expect(readFileSync("docs/pools.svg", "utf8")).toBe(poolsPlot(figures));
});
