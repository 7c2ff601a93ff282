import { expect, it } from "vitest";
import type { ActorPlan, ChildPlan, Op, Plan, Scenario } from "./plan.js";
import { type Result, Simulation } from "./simulation.js";

/* What the simulation found, each shrunk to what it takes, by name. */

const plain: Plan = { ms: 1, acts: [], lingers: false, values: 1 };

function actor(options: ActorPlan["options"], plan: Partial<ActorPlan> = {}): ActorPlan {
  return { kind: "actor", name: "n1", runs: "worker", isolation: "fork", next: undefined, options, ...plan };
}

type CallOp = Extract<Op, { kind: "call" }>;

function call(id: string, at: number, more: Partial<CallOp> = {}): CallOp {
  const timeout = Number.POSITIVE_INFINITY;
  const standard = { sender: "c1", path: "n1", key: undefined, method: "once", ask: true, idempotent: false } as const;
  return { kind: "call", id, at, ...standard, timeout, cancelAt: undefined, plan: plain, ...more };
}

/** Runs it under some schedules: latencies and lateness differ, and what must hold holds under each. */
async function play(children: ChildPlan[], ops: Op[]): Promise<Result[]> {
  const results: Result[] = [];
  for (let seed = 1; seed <= 10; seed++) {
    const tree = { kind: "supervisor", name: "app", options: {}, children } as const;
    const scenario: Scenario = { seed, tree, background: false, ops };
    const result = await new Simulation(scenario).run();
    expect(result.found, result.lines.join("\n")).toEqual([]);
    results.push(result);
  }
  return results;
}

it("what was handed to a process that does not leave does not wait for its exit", async () => {
  const results = await play(
    [actor({ shutdown: "brutal", spare: "none" })],
    [
      { kind: "opening", at: 0, number: 1, how: "will-not-leave" },
      { kind: "restart", at: 500, path: "n1", key: undefined },
      call("m1", 700, { method: "again" }),
      call("m2", 710),
      call("m3", 2000),
    ],
  );
  // The other is the brutal stop at the end.
  for (const { counts } of results) expect(counts).toMatchObject({ answered: 3, "death killed": 2 });
});

it("a process that is shut and does not leave is abandoned, told of once, and replaced", async () => {
  const results = await play(
    [actor({ shutdown: 50, spare: "none" })],
    [
      { kind: "opening", at: 0, number: 1, how: "will-not-leave" },
      { kind: "restart", at: 500, path: "n1", key: undefined },
      call("m1", 4000),
    ],
  );
  for (const { counts } of results) expect(counts).toMatchObject({ answered: 1 });
});

it("a process that does not leave when it is killed twice is told of once", async () => {
  const results = await play(
    [actor({ shutdown: 50, spare: "none" })],
    [
      { kind: "opening", at: 0, number: 1, how: "will-not-leave" },
      { kind: "kill", at: 500, path: "n1", key: undefined },
      { kind: "kill", at: 600, path: "n1", key: undefined },
      { kind: "restart", at: 700, path: "n1", key: undefined },
    ],
  );
  for (const { counts } of results) expect(counts.abandoned).toBe(2);
});

it("a parked actor has its whole state when it is restarted by hand, also what came after its last snapshot", async () => {
  const parks = { overBudget: "quarantine", intensity: { restarts: 0, within: 1000 }, snapshotEvery: 4 };
  const results = await play(
    [actor(parks, { runs: "keeper", isolation: "thread" })],
    [
      ...[1, 2, 3, 4, 5, 6].map((n) => call(`m${n}`, 100 * n, { method: "put" })),
      { kind: "strike", at: 1000, nth: 0, fault: "exit" },
      { kind: "restart", at: 2000, path: "n1", key: undefined },
      call("m7", 3000, { method: "put" }),
    ],
  );
  for (const { counts } of results) expect(counts).toMatchObject({ answered: 7, "death exit": 1 });
});

it("keys whose cell was parked have their state when the group is restarted by hand", async () => {
  const parks = { overBudget: "quarantine", intensity: { restarts: 0, within: 1000 }, snapshotEvery: 4 };
  const group: ChildPlan = {
    kind: "keyed",
    name: "n1",
    actor: actor(parks, { runs: "keeper", isolation: "thread" }),
    options: { cells: { min: 1, max: 1 }, maxKeys: 5, idle: 60_000 },
  };
  const results = await play(
    [group],
    [
      ...[1, 2, 3, 4, 5, 6].map((n) => call(`m${n}`, 100 * n, { method: "put", key: `k${n % 2}` })),
      { kind: "strike", at: 1000, nth: 0, fault: "exit" },
      { kind: "restart", at: 2000, path: "n1", key: undefined },
      call("m7", 3000, { method: "put", key: "k0" }),
      call("m8", 3000, { method: "put", key: "k1" }),
    ],
  );
  for (const { counts } of results) expect(counts).toMatchObject({ answered: 8, "death exit": 1 });
});

it("an inline actor that hangs while it is told to stop is found, restarted, and leaves no error behind", async () => {
  const results = await play(
    [actor({ shutdown: 1000 }, { isolation: "inline" })],
    [
      call("m1", 300, { plan: { ...plain, acts: ["hang"] } }),
      { kind: "restart", at: 301, path: "n1", key: undefined },
      call("m2", 2000),
    ],
  );
  for (const { counts } of results)
    expect(counts).toMatchObject({ answered: 1, "death hung": 1, "failed ActorDied": 1 });
});

it("a child whose adding was refused, since its supervisor was restarted meanwhile, does not come up later", async () => {
  const added = actor({ spare: "none" }, { name: "a1", isolation: "thread" });
  const results = await play(
    [{ kind: "supervisor", name: "n1", options: {}, children: [] }],
    [
      { kind: "starting", at: 0, nth: 1, how: "hangs" },
      { kind: "add", at: 500, path: "n1", actor: added },
      { kind: "restart", at: 1000, path: "n1", key: undefined },
    ],
  );
  for (const { lines } of results) expect(lines.filter((line) => line.includes("life app/n1/a1 running"))).toEqual([]);
});

it("a key that is ended brutally while it blocks its thread does not leave neighbours that run and never answer", async () => {
  const group: ChildPlan = {
    kind: "keyed",
    name: "n1",
    actor: actor({ shutdown: "brutal" }, { isolation: "thread" }),
    options: { cells: { min: 1, max: 1 }, maxKeys: 5, idle: 60_000 },
  };
  const results = await play(
    [group],
    [
      call("m1", 300, { key: "k1" }),
      call("m2", 600, { key: "k2", plan: { ...plain, acts: ["block"] } }),
      { kind: "release", at: 900, path: "n1", key: "k2" },
    ],
  );
  for (const { counts } of results) expect(counts).toMatchObject({ answered: 1, "death lingered": 1 });
});
