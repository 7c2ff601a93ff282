/**
 * A child's life is one field. One table is its source of truth; no boolean stands beside it. From this table come the
 * checks below, the machine of machine.ts, its picture in docs/supervision.md, and the paths that a test walks.
 *
 *   stopped ─▶ starting ─▶ running ─▶ (draining) ─▶ stopping ─▶ stopped
 *      ▲          │          │
 *      │          ▼          ▼
 *      └─────── waiting ◀─(failed, died)─▶ quarantined ─▶ starting, by hand
 */
export const childStates = [
  /** Not there: never started, ended for good, or stopped on purpose. */
  "stopped",
  /** On its way: host, load(), start(). */
  "starting",
  "running",
  /** Takes nothing new; finishes what it has. */
  "draining",
  /** Told to stop; its shutdown time runs. */
  "stopping",
  /** Died; a back-off runs before the next start. */
  "waiting",
  /** Over budget and parked: stays down until somebody restarts it by hand. */
  "quarantined",
] as const;

export type ChildState = (typeof childStates)[number];

/** The named steps of a life. */
export type LifeStep = "start" | "ready" | "drain" | "stop" | "end" | "back-off" | "resume" | "park";

/** Where each step leads from each state; what is not here does not happen. A child that is forgotten leaves the table. */
export const lifeTable: Readonly<Record<ChildState, Partial<Readonly<Record<LifeStep, ChildState>>>>> = {
  stopped: { start: "starting" },
  // Told to stop in mid-start; or failed, and then it backs off, is parked, or is down (for good, or to start at once).
  starting: { ready: "running", stop: "stopping", "back-off": "waiting", end: "stopped", park: "quarantined" },
  // A death leads to a back-off, to parking, or down, from where the next start may follow in the same decision.
  running: { drain: "draining", stop: "stopping", "back-off": "waiting", end: "stopped", park: "quarantined" },
  draining: { stop: "stopping", "back-off": "waiting", end: "stopped", park: "quarantined" },
  stopping: { end: "stopped" },
  // The timer fired, or the wait was cancelled; who is next to start is the round's to say.
  waiting: { resume: "stopped" },
  quarantined: { start: "starting" },
};

/**
 * The state a life goes to, checked against the table.
 * @throws Error where the table has no such step: a defect of the supervisor, never of a user's spec
 */
export function next(id: string, from: ChildState, to: ChildState): ChildState {
  const steps: Partial<Record<string, ChildState>> = lifeTable[from];
  for (const step in steps) if (steps[step] === to) return to;
  throw new Error(`defect: the life of child ${JSON.stringify(id)} cannot go from "${from}" to "${to}"`);
}
