import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { growthPlot } from "./growth-plot.mjs";

test("the picture of growth shows the published figures", () => {
  const figures = JSON.parse(readFileSync("docs/figures/growth.json", "utf8")) as Record<string, unknown>;
  expect(readFileSync("docs/growth.svg", "utf8")).toBe(growthPlot(figures));
});
