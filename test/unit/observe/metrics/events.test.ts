import { expect, test } from "vitest";
import { metricTable } from "../../../../src/observe/metrics/metric-table.js";
import { metricsOf } from "../../../../src/observe/metrics/metrics.js";
import type { DeathReport } from "../../../../src/system/death/report.js";
import type { SystemEvent } from "../../../../src/system/events.js";
import type { TreeNode } from "../../../../src/system/tree.js";
import { parsed } from "../../../monitoring/parsed.js";
import { Counted, latency, unit } from "./counted.js";

/** The values after some events. */
async function after(events: readonly unknown[], counted = new Counted()): Promise<Map<string, number>> {
  const metrics = await metricsOf(counted.app);
  for (const event of events) counted.tell(event as SystemEvent);
  const values = parsed(await metrics.text());
  metrics.close();
  return values;
}

const death = (kind: string, more: Partial<DeathReport> = {}) => ({
  cause: { kind },
  decision: "restart",
  level: "cold",
  times: { detectMs: 2, decideMs: 0.05, restartMs: 40, warmMs: 300 },
  ...more,
});

test("a death is counted when it is noticed, and its steps when its report is complete", async () => {
  const report = death("killed");
  const values = await after([
    { type: "death", report },
    { type: "report", report },
    { type: "death", report: death("threw", { level: undefined, decision: "quarantine", times: { detectMs: 1 } }) },
    { type: "report", report: death("threw", { level: undefined, decision: "quarantine", times: { detectMs: 1 } }) },
  ]);
  expect(values.get('holdfast_deaths_total{cause="killed"}')).toBe(1);
  expect(values.get('holdfast_deaths_total{cause="threw"}')).toBe(1);
  expect(values.get('holdfast_recoveries_total{level="cold"}')).toBe(1);
  expect(values.get('holdfast_gave_up_total{decision="quarantine"}')).toBe(1);
  const steps = "holdfast_recovery_step_seconds";
  expect(values.get(`${steps}_count{step="detect"}`)).toBe(2);
  expect(values.get(`${steps}_sum{step="detect"}`)).toBe(0.003);
  expect(values.get(`${steps}_bucket{le="0.001",step="detect"}`)).toBe(1);
  expect(values.get(`${steps}_bucket{le="0.0025",step="detect"}`)).toBe(2);
  expect(values.get(`${steps}_count{step="warm"}`)).toBe(1);
  expect(values.get(`${steps}_bucket{le="0.25",step="warm"}`)).toBe(0);
  expect(values.get(`${steps}_count{step="redeliver"}`)).toBe(0);
});

test("what a system tells is counted by what it was, for whom", async () => {
  const values = await after([
    { type: "scaled", path: "app/digits", from: 1, to: 3, by: "rule", why: "" },
    { type: "scaled", path: "app/digits", from: 3, to: 2, by: "hand", why: "" },
    { type: "scaled", path: "app/digits", from: 2, to: 3, by: "rule", why: "" },
    { type: "judged", path: "app/digits", from: 1, to: 3, verdict: "undone", why: "" },
    { type: "ejected", path: "app/digits", member: "2", why: "", forMs: 1 },
    { type: "recycled", path: "app/digits/1", host: "", what: "heap", bytes: 1, limitBytes: 1 },
    { type: "fenced", path: "app/digits", incarnation: 1, what: "tell", count: 3 },
    { type: "breaker", path: "app/digits", state: "open", why: "" },
    { type: "breaker", path: "app/digits", state: "half-open", why: "" },
    { type: "standby", path: "app/digits", state: "ready" },
    { type: "standby", path: "app/digits", state: "promoted" },
    { type: "store-failed", about: "" },
    { type: "store-recovered", about: "" },
    { type: "store-failed", about: "" },
    { type: "state-fell-back", path: "app/digits", key: undefined, error: new Error() },
    { type: "outvoted", path: "app/votes", method: "m", members: ["1"], agreed: 2, of: 3, decided: true },
    { type: "rebuilt", path: "app/parity", method: "m", member: "1", why: "late", of: 3 },
    { type: "threshold", rule: "memory > 90 %", state: "triggered", reading: "memory", limit: 90 },
    { type: "threshold", rule: "memory > 90 %", state: "cleared", reading: "memory", limit: 90 },
    { type: "threshold", rule: "memory > 80 %", state: "triggered", reading: "memory", limit: 80 },
    { type: "audit", entry: { act: "kill", outcome: "done" } },
    { type: "audit", entry: { act: "a \u001b[31m", outcome: "refused" } },
    { type: "lingering", path: "app/digits", incarnation: 1, methods: [], graceMs: 1 },
    { type: "abandoned", path: "app/digits", host: "thread 1", exited: false },
    { type: "abandoned", path: "app/digits", host: "thread 2", exited: false },
    { type: "abandoned", path: "app/digits", host: "thread 1", exited: true },
    { type: "what comes in a later version", path: "app/digits" },
  ]);
  const told = (name: string, labels = "") => values.get(`holdfast_${name}${labels && `{${labels}}`}`);
  const actor = 'actor="app/digits"';
  expect(told("scaling_decisions_total", `direction="up",by="rule",${actor}`)).toBe(2);
  expect(told("scaling_decisions_total", `direction="down",by="hand",${actor}`)).toBe(1);
  expect(told("scaling_verdicts_total", 'verdict="undone"')).toBe(1);
  expect(told("ejections_total", actor)).toBe(1);
  expect(told("recycled_total", 'what="heap"')).toBe(1);
  expect(told("fenced_total", 'what="tell"')).toBe(3);
  expect(told("breaker_state", actor)).toBe(1);
  expect(told("breaker_opened_total", actor)).toBe(1);
  expect(told("standby_promotions_total", actor)).toBe(1);
  expect(told("store_failures_total")).toBe(2);
  expect(told("store_failed")).toBe(1);
  expect(told("state_fallbacks_total")).toBe(1);
  expect(told("votes_lost_total", 'actor="app/votes"')).toBe(1);
  expect(told("rebuilt_answers_total", 'why="late"')).toBe(1);
  expect(told("lingering_total")).toBe(1);
  expect(told("operator_acts_total", 'act="kill",outcome="done"')).toBe(1);
  expect(told("operator_acts_total", 'act="a \\\\u{1b}[31m",outcome="refused"')).toBe(1);
  expect(told("thresholds_total", 'reading="memory",state="triggered"')).toBe(2);
  expect(told("thresholds_total", 'reading="memory",state="cleared"')).toBe(1);
  expect(told("abandoned_hosts")).toBe(1);
});

test("what is now is read from the tree, and keys have no values of their own", async () => {
  const node = (path: string, more: Partial<TreeNode> = {}): TreeNode => ({
    path,
    name: path,
    kind: "actor",
    state: "running",
    restarts: 0,
    ...more,
  });
  const counted = new Counted();
  const scaling = { members: 3, ready: 2, min: 1, max: 4, by: "rule", why: "", sinceMs: 0 } as const;
  counted.children = [
    node("app/digits", {
      kind: "pool",
      scaling,
      children: [
        node("app/digits/1", { spare: "ready", ejected: { why: "", leftMs: 1 } }),
        node("app/digits/2", { standby: "starting" }),
        node("app/digits/3", { state: "waiting" }),
      ],
    }),
    node("app/streams", {
      kind: "keyed",
      children: [node("app/streams/cell-0", { kind: "cell" }), node("app/streams/ada"), node("app/streams/bob")],
    }),
  ];
  const values = await after([], counted);
  expect(values.get('holdfast_actors{state="running"}')).toBe(5);
  expect(values.get('holdfast_actors{state="waiting"}')).toBe(1);
  expect(values.get('holdfast_actor_running{actor="app/digits/3"}')).toBe(0);
  expect(values.get('holdfast_pool_members{actor="app/digits"}')).toBe(3);
  expect(values.get('holdfast_pool_members_ready{actor="app/digits"}')).toBe(2);
  expect(values.get('holdfast_pool_members_ejected{actor="app/digits"}')).toBe(1);
  expect(values.get('holdfast_spares{state="ready"}')).toBe(1);
  expect(values.get('holdfast_standbys{state="starting"}')).toBe(1);
  expect([...values.keys()].filter((key) => /ada|bob/.test(key))).toEqual([]);
});

test("labels are those of the table, and no others", async () => {
  const counted = new Counted();
  counted.deadLetters = { poison: 1 };
  const failed = { Timeout: 1 };
  counted.units = [
    unit("app/x", {
      failed,
      refused: failed,
      restarts: { threw: 1 },
      planned: { hand: 1 },
      heapBytes: 1,
      externalBytes: 1,
      latency: latency(),
    }),
  ];
  const report = death("killed");
  const values = await after(
    [
      { type: "death", report },
      { type: "report", report },
    ],
    counted,
  );
  for (const key of values.keys()) {
    const [, name = "", text = ""] = /^(\w+)(.*)$/s.exec(key)!;
    const family = name in metricTable ? name : name.replace(/_(bucket|sum|count)$/, "");
    const { labels } = metricTable[family as keyof typeof metricTable];
    const used = [...text.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== "le");
    expect([key, [...used].sort()]).toEqual([key, [...labels].sort()]);
  }
});
