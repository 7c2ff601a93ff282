import type { SupervisorEvent } from "../../../src/supervision/messages.js";
import type { PureSupervisor } from "./pure-supervisor.js";
import type { Node, Worker } from "./scenario.js";

/** What stands for a process. */
export interface Host {
  readonly node: Node;
  readonly path: string;
  readonly below?: PureSupervisor;
  is: "up" | "dead" | "failed";
  /** What it died of. */
  reason: string;
}

/** When a worker that is told to stop is down, and what it died of. */
export function leaving({ stopping }: Worker, shutdown: Node["shutdown"]): { after: number; reason: string } {
  if (shutdown === "brutal_kill") return { after: 0, reason: "killed" };
  if (stopping === "prompt") return { after: 0, reason: "shutdown" };
  if (stopping === "crash") return { after: 0, reason: "boom" };
  const limit = shutdown === "infinity" ? Number.POSITIVE_INFINITY : shutdown;
  const needs = stopping === "stuck" ? Number.POSITIVE_INFINITY : stopping;
  return needs < limit ? { after: needs, reason: "shutdown" } : { after: limit, reason: "killed" };
}

export function deathOf({ node, reason }: Host): SupervisorEvent {
  const normal = reason === "normal" || reason === "shutdown" || reason === "auto-shutdown";
  return { type: "died", id: node.id, guilty: false, normal, error: new Error(`${node.id}: ${reason}`) };
}

export function failureOf({ node }: Host): SupervisorEvent {
  return { type: "start-failed", id: node.id, error: new Error(`${node.id} refused to start`) };
}
