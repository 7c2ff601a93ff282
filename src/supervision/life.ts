/**
 * A child's life is one field. One table is its source of truth; no boolean stands beside it.
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

/** Where a life may go from each state. A child that is forgotten leaves the table instead. */
export const transitions: Readonly<Record<ChildState, readonly ChildState[]>> = {
  stopped: ["starting"],
  // Told to stop in mid-start, failed (a back-off, parked, or down for good), or up.
  starting: ["running", "waiting", "stopping", "stopped", "quarantined"],
  // A death leads to a back-off, to parking, or down, from where the next start may follow in the same decision.
  running: ["draining", "stopping", "waiting", "stopped", "quarantined"],
  draining: ["stopping", "waiting", "stopped", "quarantined"],
  stopping: ["stopped"],
  // The timer fired, or the wait was cancelled; who is next to start is the round's to say.
  waiting: ["stopped"],
  quarantined: ["starting"],
};

/**
 * The state a life goes to, checked against the table.
 * @throws Error where the table has no such step: a defect of the supervisor, never of a user's spec
 */
export function next(id: string, from: ChildState, to: ChildState): ChildState {
  if (transitions[from].includes(to)) return to;
  throw new Error(`defect: the life of child ${JSON.stringify(id)} cannot go from "${from}" to "${to}"`);
}
