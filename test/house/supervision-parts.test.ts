import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fillPage, page } from "./supervision-parts.mjs";

it("docs/supervision.md draws the life and tells the presets as they are (node test/house/supervision-parts.mjs)", () => {
  const text = readFileSync(page, "utf8");
  expect(text).toContain("starting --> running: ready");
  expect(text).toBe(fillPage(text));
});
