import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricTable } from "../../src/observe/metrics/metric-table.js";
import { checked, noPrometheus } from "./prometheus.js";

const folder = "docs/monitoring";
const alerts = readFileSync(`${folder}/alerts.yml`, "utf8");
const readme = readFileSync(`${folder}/README.md`, "utf8");
const dashboard = JSON.parse(readFileSync(`${folder}/grafana-dashboard.json`, "utf8")) as Dashboard;

interface Dashboard {
  readonly panels: readonly { id: number; title: string; targets?: { expr: string }[]; gridPos: Place }[];
  readonly annotations: { list: { expr: string }[] };
  readonly templating: { list: { name: string; query: string | { query: string } }[] };
}
interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const rules = [...alerts.matchAll(/alert: (\w+)/g)].map(([, name]) => name!);
const expressions = [...alerts.matchAll(/expr: (?:\|\n((?: {10}.*\n)+)|(.*))/g)].map(
  ([, long, short]) => long ?? short!,
);
const queries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
  ...dashboard.templating.list.map(({ query }) => (typeof query === "string" ? query : query.query)),
];

/** Metrics of a query, and the labels that it picks or sums by: those that no metric has are misspelt. */
function misspelt(query: string): string[] {
  const names = [...query.matchAll(/\b(holdfast|nv|process)_\w+/g)].map(([name]) => name);
  const known = names.map((name) => (name in metricTable ? name : name.replace(/_(bucket|sum|count)$/, "")));
  const unknown = known.filter((name) => !(name in metricTable));
  const labels = new Set(["job", "instance", "le"]);
  for (const name of known) {
    for (const label of metricTable[name as keyof typeof metricTable]?.labels ?? []) labels.add(label);
  }
  const used = [...query.matchAll(/[{,]\s*(\w+)\s*(?:=~|!=|!~|=)"|by \(([\w, ]+)\)/g)].flatMap(([, one, several]) =>
    one === undefined ? several!.split(/,\s*/) : [one],
  );
  return [...unknown, ...used.filter((label) => !labels.has(label))];
}

describe("the dashboard", () => {
  it("asks for metrics and labels that there are, and for nothing else", () => {
    expect(queries.length).toBeGreaterThan(40);
    expect(queries.flatMap((query) => misspelt(query).map((name) => `${name} in ${query}`))).toEqual([]);
    expect(misspelt('sum by (acter) (rate(holdfast_restart_total{why="x"}[5m]))')).toEqual([
      "holdfast_restart_total",
      "acter",
      "why",
    ]);
  });

  it("has panels that do not lie on each other, each with a title", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const [i, a] of dashboard.panels.entries()) {
      expect(a.title).not.toBe("");
      for (const b of dashboard.panels.slice(i + 1))
        expect([a.title, b.title, over(a.gridPos, b.gridPos)]).toContain(false);
    }
  });
});

function over(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe("the alert rules", () => {
  it("ask for metrics and labels that there are, each with what to do", () => {
    expect(expressions).toHaveLength(rules.length);
    expect(expressions.flatMap(misspelt)).toEqual([]);
    expect(alerts.match(/ {10}action: "/g)).toHaveLength(rules.length);
    expect(alerts.match(/severity: (page|ticket) /g)).toHaveLength(rules.length);
  });

  it("are all told in the page beside them, and tried by a test", () => {
    const tried = readFileSync(`${folder}/alerts.test.yml`, "utf8");
    for (const rule of rules) {
      expect(readme).toContain(rule);
      expect(tried).toContain(`alertname: ${rule}\n        exp_alerts:\n          - exp_labels`);
    }
    expect(readme).toContain(`${rules.length} rules for Prometheus`);
  });
});

describe.skipIf(noPrometheus !== undefined)("promtool", () => {
  it("takes the rules, and they fire when they should and not when they should not", () => {
    expect(checked(["check", "rules", "alerts.yml"], "", folder)).toContain(`${rules.length} rules found`);
    expect(checked(["test", "rules", "alerts.test.yml"], "", folder)).toContain("SUCCESS");
  });

  it("takes the scrape config of the manual", () => {
    const [, config] = /```yaml\n([\s\S]*?)```/.exec(readme)!;
    const scratch = mkdtempSync(join(tmpdir(), "holdfast-scrape-"));
    try {
      writeFileSync(join(scratch, "prometheus.yml"), config!);
      expect(checked(["check", "config", "--syntax-only", join(scratch, "prometheus.yml")])).toContain("SUCCESS");
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
