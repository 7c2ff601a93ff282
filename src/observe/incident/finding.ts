import type { DeathReport } from "../../system/death/report.js";
import type { ServiceAvailability } from "./availability.js";
import type { IncidentInput, TimedEvent } from "./incident-input.js";
import type { Outage } from "./outages.js";
import type { Recovery } from "./recovery.js";

/** Something to change, or to know, with the numbers that say so. */
export interface Finding {
  /** The rule that found it: stable, for programs. */
  readonly rule: string;
  /** critical: somebody is without service, or will be again. warning: it costs. note: good to know. */
  readonly severity: "critical" | "warning" | "note";
  readonly path: string;
  /** What is so, in one sentence. */
  readonly title: string;
  /** What says so. */
  readonly evidence: readonly string[];
  /** What to do. */
  readonly advice: string;
  /** Numbers of the death reports behind it: of an incident at most 10. */
  readonly reports: readonly number[];
}

/** What the rules look at. */
export interface Facts {
  readonly input: IncidentInput;
  /** Of the window, in order; faults alone. */
  readonly deaths: readonly DeathReport[];
  readonly events: readonly TimedEvent[];
  readonly outages: readonly Outage[];
  readonly services: readonly ServiceAvailability[];
  readonly recovery: Recovery;
}

export type Rule = (facts: Facts) => Finding[];

/** Signals that a process gets for what it does itself; the others come from outside. */
export const crashSignals: ReadonlySet<string> = new Set([
  "SIGSEGV",
  "SIGABRT",
  "SIGBUS",
  "SIGILL",
  "SIGFPE",
  "SIGTRAP",
]);

/** Of each death once, all of them: what is shown of them is cut at the end. */
export function numbersOf(reports: readonly DeathReport[]): number[] {
  return [...new Set(reports.map(({ id }) => id))];
}

/** Items by a name of theirs, in the order in which the names first came. */
export function grouped<T>(items: readonly T[], nameOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
