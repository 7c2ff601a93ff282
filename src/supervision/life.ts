/**
 * A child's life is one field. One table is its source of truth; no boolean stands beside it.
 *
 *   stopped ─▶ starting ─▶ running ─▶ stopping ─▶ stopped
 *                 │ ▲          │
 *                 ▼ │          ▼
 *               waiting ◀── (died)  ─▶ quarantined
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
