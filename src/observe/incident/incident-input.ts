import type { DeathReport } from "../../system/death/report.js";
import type { SystemEvent } from "../../system/events.js";
import type { SystemStats } from "../../system/stats.js";
import type { TreeNode } from "../../system/tree.js";

/** An event and when it was told, ms since 1970. */
export interface TimedEvent {
  readonly at: number;
  readonly event: SystemEvent;
}

/** What an incident report is made of: what a server remembers of a window of time. */
export interface IncidentInput {
  /** Whose it is, for people: a url. */
  readonly server: string;
  /** The window, ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Since then every outage is known, ms since 1970: availability is counted from there. Default: `from`. */
  readonly knownFrom?: number;
  /** In any order; those outside the window are left out. */
  readonly reports: readonly DeathReport[];
  readonly events: readonly TimedEvent[];
  /** As it is at the end of the window. */
  readonly tree: TreeNode;
  /** What was counted from the server's beginning to the end of the window; absent where it is not known. */
  readonly stats?: SystemStats;
  /** What the server does not remember of the window, a sentence each: a report must not look whole where it is not. */
  readonly gaps?: readonly string[];
}
