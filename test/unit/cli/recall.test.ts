import { expect, test } from "vitest";
import { recall } from "../../../src/cli/report/recall.js";
import type { Client, News } from "../../../src/client/client.js";
import { EventLog } from "../../../src/observe/history/event-log.js";
import { incidentOf } from "../../../src/observe/incident/incident.js";
import type { DeathReport } from "../../../src/system/death/report.js";
import type { TreeNode } from "../../../src/system/tree.js";

const HOUR = 3_600_000;
const now = 1_700_000_000_000;
const tree: TreeNode = {
  path: "app",
  name: "app",
  kind: "supervisor",
  state: "running",
  restarts: 0,
  children: [{ path: "app/desk", name: "desk", kind: "actor", state: "running", restarts: 300 }],
};

/** A death that took 20 s to mend. */
const death = (id: number, at: number): DeathReport => ({
  id,
  at,
  path: "app/desk",
  key: undefined,
  incarnation: id,
  isolation: "inline",
  host: "inline",
  cause: { kind: "killed", by: "x" },
  answersLost: [],
  executing: [],
  redelivered: 0,
  failed: 3,
  poisoned: 0,
  decision: "restart",
  level: undefined,
  times: { detectMs: 0, decideMs: 0, restartMs: 0, warmMs: 20_000 },
  record: undefined,
  flight: [],
});

/** A server on which one died at each of these times. */
function server(times: readonly number[], uptimeMs: number): Client {
  const log = new EventLog();
  const reports = times.map((at, i) => death(i + 1, at));
  for (const report of reports) log.add({ type: "report", report }, report.at);
  const client: Pick<Client, "watch" | "events"> = {
    watch(listener, wishes) {
      queueMicrotask(() => {
        listener({ type: "tree", tree, reports: reports.slice(-50) } as News);
        const stats = { uptimeMs, reports: reports.length, deadLetters: {}, units: [] };
        if (wishes?.stats) listener({ type: "stats", at: now, stats } as News);
      });
      return () => {};
    },
    events: async (query = {}) => log.read(query, now) as never,
  };
  return client as Client;
}

// Every 30 s, three hours ago until half an hour ago: the last hour holds 60 of them.
const deaths = Array.from({ length: 300 }, (_, i) => now - 3 * HOUR + (i + 1) * 30_000);

test("a day of which an hour is known names both gaps, and counts availability over the hour", async () => {
  const made = incidentOf(await recall(server(deaths, 30 * HOUR), "x", { from: now - 24 * HOUR, to: now }));
  expect(made.gaps).toContain(
    `events before ${new Date(now - HOUR).toISOString()}: a server keeps an hour of them, and availability is counted from then`,
  );
  expect(made.gaps).toContainEqual(expect.stringMatching(/^death reports before number 2\d\d$/));
  expect(made.from).toBe(now - HOUR);
  const [desk] = made.services;
  expect(desk!.availability).toBeCloseTo(1 - desk!.downMs / HOUR);
  expect(desk!.availability).toBeLessThan(0.75);
});

test("an hour that is known whole has no gap, whatever happened before", async () => {
  const made = incidentOf(await recall(server(deaths, 30 * HOUR), "x", { from: now - HOUR, to: now }));
  expect(made.gaps).toEqual([]);
});

test("a server that began within the hour has forgotten nothing", async () => {
  const recent = [now - 600_000];
  const made = incidentOf(await recall(server(recent, 900_000), "x", { from: now - 24 * HOUR, to: now }));
  expect(made.gaps).toEqual([expect.stringContaining("the server began then")]);
  expect([made.deaths, made.from]).toEqual([1, now - 900_000]);
});
