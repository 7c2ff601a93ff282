import { shortDuration } from "../../short-duration.js";
import { type Finding, grouped, type Rule } from "../finding.js";

/** The machine, or the process, was short of something: see docs/monitor.md. */
export const thresholds: Rule = ({ events }) => {
  const told = events.flatMap(({ event }) => (event.type === "threshold" ? [event] : []));
  return [...grouped(told, ({ rule }) => rule)].flatMap(([rule, same]): Finding[] => {
    const triggered = same.filter(({ state }) => state === "triggered");
    if (triggered.length === 0) return [];
    const last = same.at(-1)!;
    const over = last.state === "cleared";
    return [
      {
        rule: "threshold",
        severity: over ? "warning" : "critical",
        path: last.of === undefined ? last.reading : `${last.reading} of ${last.of}`,
        title: `"${rule}" held ${triggered.length} time${triggered.length === 1 ? "" : "s"}${over ? "" : ", and still holds"}`,
        evidence: [...new Set(triggered.map(({ why }) => why))].slice(0, 3),
        advice: "Give the machine more of it, or ask less of it: fewer members, smaller models, earlier shedding.",
        reports: [],
      },
    ];
  });
};

/** Callers were sent away: each had an error that is safe to send again, and nothing was begun. */
export const refusedAsks: Rule = ({ input: { stats, from, to } }) =>
  (stats?.units ?? []).flatMap((unit): Finding[] => {
    const { path, refused, accepted } = unit;
    const room = Object.entries(refused).filter(([code]) => code === "MailboxFull" || code === "Overloaded");
    const count = room.reduce((sum, [, times]) => sum + times, 0);
    if (count === 0 || unit.partOf !== undefined) return [];
    // What was counted before the window cannot be taken out of it.
    const inWindow = stats!.uptimeMs <= to - from;
    return [
      {
        rule: "refused",
        severity: inWindow ? "warning" : "note",
        path,
        title: `${count} message${count === 1 ? " was" : "s were"} refused for want of room since the server began ${shortDuration(stats!.uptimeMs)} ago`,
        evidence: [`${room.map(([code, times]) => `${code} ${times}`).join(", ")}; ${accepted} were taken`],
        advice:
          "Raise the pool's max, or its mailbox where bursts are short; a caller that gets MailboxFull or Overloaded may send again.",
        reports: [],
      },
    ];
  });
