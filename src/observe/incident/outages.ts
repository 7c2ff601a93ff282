import type { DeathReport } from "../../system/death/report.js";
import { nodeAt } from "../../system/tree.js";
import type { IncidentInput } from "./incident-input.js";
import { type Span, within } from "./spans.js";

/** From a fault until somebody served in its place. */
export interface Outage extends Span {
  readonly path: string;
  /** The number of the death report. */
  readonly report: number;
  /** Nobody serves there at the end of the window. */
  readonly open: boolean;
}

/** Deaths that cost somebody service: not those of a hot standby, and not the clean end of what stops itself. */
export function isFault({ cause, standby }: DeathReport): boolean {
  return standby === undefined && cause.kind !== "stopped-itself";
}

/**
 * When each actor that died did not serve, within the window:
 *
 *   fault ── detect ── decide ── restart ── warm ── serves again
 *     └ at - detect                                   └ or the first event that says it runs
 */
export function outagesOf({ reports, events, tree, from, to }: IncidentInput): Outage[] {
  const window = { from, to };
  const starts = new Map<string, number[]>();
  for (const { at, event } of events) {
    if (event.type !== "life" || event.state !== "running") continue;
    const known = starts.get(event.path);
    if (known) known.push(at);
    else starts.set(event.path, [at]);
  }
  return reports.filter(isFault).flatMap((report) => {
    const { path, times, at, id } = report;
    const begun = at - (times.detectMs ?? 0);
    const ended = backAt(report, starts.get(path) ?? []);
    const node = nodeAt(tree, path);
    // What is not started again by its spec, or is not in the tree any more, is not missed.
    const missed = report.decision !== "stop" && node !== undefined && node.state !== "running";
    const open = ended === undefined && missed;
    // Where nobody saw since when it runs, no more is claimed than what was measured.
    const end = ended ?? (open ? to : at + (times.decideMs ?? 0) + (times.restartMs ?? 0));
    const span = within({ from: begun, to: end }, window);
    return span ? [{ ...span, path, report: id, open }] : [];
  });
}

function backAt({ at, times, decision }: DeathReport, starts: readonly number[]): number | undefined {
  const { decideMs = 0, restartMs = 0, warmMs } = times;
  if (decision === "restart" && warmMs !== undefined) return at + decideMs + restartMs + warmMs;
  return starts.find((start) => start >= at);
}
