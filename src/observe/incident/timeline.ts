import { causeText, type DeathReport } from "../../system/death/report.js";
import type { SystemEvent } from "../../system/events.js";
import { eventLine } from "../event-line.js";
import { placeText } from "../place-text.js";
import { shortDuration } from "../short-duration.js";
import type { TimedEvent } from "./incident-input.js";
import { recoveredMs } from "./recovery.js";

/** One thing that happened. */
export interface TimelineEntry {
  /** Ms since 1970; of several in a row the first. */
  readonly at: number;
  readonly kind: "death" | "event";
  /** The type of the event; of a death the kind of its cause. */
  readonly type: string;
  readonly text: string;
  /** The number of the death report. */
  readonly report?: number;
  /** How often it happened in a row. */
  readonly times: number;
}

/** So many of a window are told: the first ones, where it began, and the last ones. */
const FIRST_TOLD = 50;
const LAST_TOLD = 150;

/** Deaths and what else happened, in order; what is left out in the middle is counted. */
export function timelineOf(
  deaths: readonly DeathReport[],
  events: readonly TimedEvent[],
): { entries: TimelineEntry[]; omitted: number } {
  const all: TimelineEntry[] = [
    ...deaths.map(deathEntry),
    ...events.flatMap(({ at, event }) => {
      const text = isTold(event) ? eventLine(event) : undefined;
      return text === undefined ? [] : [{ at, kind: "event" as const, type: event.type, text, times: 1 }];
    }),
  ].sort((a, b) => a.at - b.at);
  const entries = joinRepeats(all);
  const omitted = Math.max(0, entries.length - FIRST_TOLD - LAST_TOLD);
  return { entries: [...entries.slice(0, FIRST_TOLD), ...entries.slice(FIRST_TOLD + omitted)], omitted };
}

/** The deaths have entries of their own, and a restart is told by its death. */
function isTold(event: SystemEvent): boolean {
  if (event.type === "life") return event.state === "quarantined";
  if (event.type === "standby") return event.state === "promoted" || event.state === "lost";
  return event.type !== "death" && event.type !== "report" && event.type !== "rebuilt";
}

function deathEntry(report: DeathReport): TimelineEntry {
  const { id, at, cause, decision, level, failed, redelivered, poisoned, executing } = report;
  const what = executing.map(({ method }) => method).join(", ");
  const recovered = recoveredMs(report);
  const done =
    decision === "restart"
      ? `back${level ? ` (${level})` : ""}${recovered === undefined ? "" : ` in ${shortDuration(recovered)}`}`
      : decision;
  const costs = [
    failed > 0 ? `${failed} failed` : "",
    redelivered > 0 ? `${redelivered} redelivered` : "",
    poisoned > 0 ? `${poisoned} quarantined` : "",
  ].filter(Boolean);
  const text = [
    `${placeText(report)} died${what ? ` while executing ${what}` : ""}: ${causeText(cause)}`,
    done,
    ...costs,
  ].join("; ");
  return { at, kind: "death", type: cause.kind, text, report: id, times: 1 };
}

function joinRepeats(entries: readonly TimelineEntry[]): TimelineEntry[] {
  const result: TimelineEntry[] = [];
  for (const entry of entries) {
    const last = result.at(-1);
    if (last && last.kind === "event" && entry.kind === "event" && last.text === entry.text) {
      result[result.length - 1] = { ...last, times: last.times + 1 };
    } else result.push(entry);
  }
  return result;
}
