import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { METRIC_ACTORS } from "../../src/observe/metrics/actor-labels.js";
import { metricTable } from "../../src/observe/metrics/metric-table.js";

const page = readFileSync("docs/metrics.md", "utf8");

it("the page of metrics tells every metric as the code does, and no other", () => {
  const told = page.split("\n").filter((line) => /^\| `(holdfast|nv|process)_/.test(line));
  const wanted = Object.entries(metricTable).map(
    ([name, { type, labels, help }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
  );
  expect([...told].sort()).toEqual([...wanted].sort());
});

it("names say what they count, as Prometheus has it", () => {
  for (const [name, { type }] of Object.entries(metricTable)) {
    // Triton's names are older than the habit.
    if (name.startsWith("nv_")) continue;
    expect([name, type === "counter"]).toEqual([name, name.endsWith("_total")]);
    expect(name).not.toMatch(/_(ms|us|mb|percent)$/);
  }
});

it("the page says how many actors have a name", () => {
  expect(page).toContain(`[${METRIC_ACTORS} names]`);
});
