import { shortDuration } from "../short-duration.js";
import { treeSummary } from "../tree-rows.js";
import { availabilityOf, type ServiceAvailability } from "./availability.js";
import { type Cost, costOf } from "./cost.js";
import { countsOf } from "./distribution.js";
import type { Finding } from "./finding.js";
import { findingsOf } from "./findings/rules.js";
import type { IncidentInput } from "./incident-input.js";
import { isFault, outagesOf } from "./outages.js";
import { type Recovery, recoveryOf } from "./recovery.js";
import { type TimelineEntry, timelineOf } from "./timeline.js";

/** What happened in a window of time, why, what it cost and what to change; plain data. */
export interface Incident {
  readonly server: string;
  /** The window, ms since 1970; from the server's beginning, or from where it remembers, where that lies in it. */
  readonly from: number;
  readonly to: number;
  /** The answer in a sentence or two. */
  readonly verdict: string;
  /** The tree at the end: "5 running, 1 waiting". */
  readonly now: string;
  readonly deaths: number;
  /** How many of each kind of cause, the most frequent first. */
  readonly causes: Readonly<Record<string, number>>;
  /** Those in which somebody died, the least available first. */
  readonly services: readonly ServiceAvailability[];
  readonly cost: Cost;
  readonly recovery: Recovery;
  /** The worst first, at most 40. */
  readonly findings: readonly Finding[];
  /** Findings that are left out. */
  readonly moreFindings: number;
  readonly timeline: readonly TimelineEntry[];
  /** Entries left out in the middle of the timeline. */
  readonly omitted: number;
  /** What is not known of the window. */
  readonly gaps: readonly string[];
}

/** Findings that somebody reads. */
const MOST_FINDINGS = 40;

/** Of a text from elsewhere: an error may be a megabyte long. */
const LONGEST_TEXT = 400;

/**
 * The incident report of a window: pure, so that the same evidence gives the same report.
 * @param input what a server remembers; reports and events in any order
 */
export function incidentOf(input: IncidentInput): Incident {
  const { server, to, tree } = input;
  const { from, gaps } = known(input);
  const inWindow = ({ at }: { at: number }) => at >= input.from && at <= to;
  const reports = input.reports.filter(inWindow).sort((a, b) => a.at - b.at || a.id - b.id);
  const events = input.events.filter(inWindow).sort((a, b) => a.at - b.at);
  const deaths = reports.filter(isFault);
  const seen = { ...input, from, reports, events };
  const outages = outagesOf(seen);
  const services = availabilityOf(seen, outages);
  const recovery = recoveryOf(deaths);
  const cost = costOf(reports, events);
  const findings = findingsOf({ input: seen, deaths, events, outages, services, recovery });
  const { entries, omitted } = timelineOf(deaths, events);
  const causes = Object.fromEntries(countsOf(deaths.map(({ cause }) => cause.kind)));
  const verdict = verdictOf(deaths.length, services, cost, recovery);
  const now = treeSummary(tree);
  return {
    server,
    from,
    to,
    verdict,
    now,
    deaths: deaths.length,
    causes,
    services,
    cost,
    recovery,
    findings: findings.slice(0, MOST_FINDINGS).map((finding) => ({ ...finding, evidence: finding.evidence.map(cut) })),
    moreFindings: Math.max(0, findings.length - MOST_FINDINGS),
    timeline: entries.map((entry) => ({ ...entry, text: cut(entry.text) })),
    omitted,
    gaps,
  };
}

/** A server that was not there yet served nobody, and failed nobody: its part of the window is the one that counts. */
function known({ to, stats, gaps = [], ...input }: IncidentInput): { from: number; gaps: readonly string[] } {
  const from = Math.max(input.from, input.knownFrom ?? input.from);
  const began = stats === undefined ? from : Math.floor(to - stats.uptimeMs);
  if (began <= from) return { from, gaps };
  const gap = `before ${new Date(began).toISOString()}: the server began then, ${shortDuration(to - began)} before the end`;
  return { from: began, gaps: [gap, ...gaps] };
}

function verdictOf(deaths: number, services: readonly ServiceAvailability[], cost: Cost, recovery: Recovery): string {
  if (deaths === 0) return "Nobody died.";
  const down = services.filter((service) => service.down);
  const interrupted = services.filter(({ downMs }) => downMs > 0);
  const where = `${counted(deaths, "death")} in ${counted(services.length, "service")}`;
  const state =
    down.length > 0
      ? `${down
          .map(({ path }) => path)
          .slice(0, 3)
          .join(
            ", ",
          )}${down.length > 3 ? ` and ${down.length - 3} more` : ""} ${down.length === 1 ? "is" : "are"} still down`
      : interrupted.length > 0
        ? `all serve again; the longest gap was ${shortDuration(Math.max(...services.map(({ longestMs }) => longestMs)))}`
        : "no service was without somebody who serves";
  const lost = cost.failed + cost.poisoned;
  const callers = `${counted(lost, "message")} failed because of a death, ${counted(cost.redelivered, "message")} only came later`;
  const typical = recovery.total ? `; half of the recoveries took ${shortDuration(recovery.total.median)} or less` : "";
  return `${where}: ${state}. ${callers}${typical}.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
