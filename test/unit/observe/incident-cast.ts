import type { IncidentInput } from "../../../src/observe/incident/incident-input.js";
import type { DeathCause, DeathReport, MessageEvidence } from "../../../src/system/death/report.js";
import type { TreeNode } from "../../../src/system/tree.js";

/** 2026-05-01 03:00 UTC. */
export const start = Date.UTC(2026, 4, 1, 3);
export const minute = 60_000;

export const threw: DeathCause = { kind: "threw", error: new TypeError("x is undefined") };
export const exited: DeathCause = { kind: "exit", code: null, signal: "SIGKILL" };

/** A death that was over in 100 ms: 10 to detect, 1 to decide, 49 to restart, 40 to warm. */
export function death(id: number, at: number, path: string, more: Partial<DeathReport> = {}): DeathReport {
  return {
    id,
    at,
    path,
    key: undefined,
    incarnation: id,
    isolation: "thread",
    host: `thread ${id}`,
    cause: exited,
    executing: [],
    answersLost: [],
    redelivered: 0,
    failed: 0,
    poisoned: 0,
    decision: "restart",
    level: "spare",
    times: { detectMs: 10, decideMs: 1, restartMs: 49, warmMs: 40 },
    record: undefined,
    flight: [],
    ...more,
  };
}

export function evidence(method: string, seq: number, digest = "00ff00ff00ff00ff"): MessageEvidence {
  return { method, seq, deaths: 1, ranForMs: 5, shape: "[Float32Array(4)]", bytes: 16, digest };
}

export function actor(path: string, more: Partial<TreeNode> = {}): TreeNode {
  return { path, name: path.slice(path.lastIndexOf("/") + 1), kind: "actor", state: "running", restarts: 0, ...more };
}

export function pool(path: string, members: number): TreeNode {
  const children = Array.from({ length: members }, (_, at) => actor(`${path}/${at + 1}`));
  const scaling = {
    members,
    ready: members,
    min: 1,
    max: members,
    by: "rule",
    why: "as declared",
    sinceMs: 0,
  } as const;
  return { ...actor(path), kind: "pool", scaling, children };
}

/** Ten minutes of a system with these children. */
export function input(children: TreeNode[], more: Partial<IncidentInput> = {}): IncidentInput {
  const tree: TreeNode = { ...actor("app"), kind: "supervisor", children };
  return {
    server: "http://127.0.0.1:8080",
    from: start,
    to: start + 10 * minute,
    reports: [],
    events: [],
    tree,
    ...more,
  };
}
