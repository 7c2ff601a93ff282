import { expect, it } from "vitest";
import { cutCards } from "./redundant-runs.js";

it.each([
  { name: "the power is cut", lost: false },
  { name: "the power is cut and one card never comes back", lost: true },
])("files() over three cards have what was acknowledged when $name", async ({ lost }) => {
  const { problems, disks } = await cutCards(1, { torn: 1, every: 60, lost });
  expect(problems).toEqual([]);
  expect(disks).toBeGreaterThan(80);
});
