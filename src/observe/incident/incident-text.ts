import { shortDuration } from "../short-duration.js";
import type { ServiceAvailability } from "./availability.js";
import type { Distribution } from "./distribution.js";
import type { Incident } from "./incident.js";

/** Rows of a table that a person reads; the rest is counted. */
export const MOST_ROWS = 20;

/** "99.97 %": never rounded up to a whole it was not. */
export function percent(share: number): string {
  if (share >= 1) return "100 %";
  // Nobody wants to know a bad one so well.
  const digits = share > 0.9999 ? 5 : share > 0.9 ? 3 : 1;
  const scale = 10 ** digits;
  return `${(Math.floor(share * 100 * scale) / scale).toFixed(digits)} %`;
}

/** "2026-05-01 03:12:04" UTC, of ms since 1970. */
export function dateText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** "03:12:04.123" UTC. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

/** "2026-05-01 02:12:04 to 03:12:04 UTC (1 h)" */
export function windowText({ from, to }: Pick<Incident, "from" | "to">): string {
  const [begin, end] = [dateText(from), dateText(to)];
  const short = begin.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end;
  return `${begin} to ${short} UTC (${shortDuration(to - from)})`;
}

/** What the callers paid, a label and a number each. */
export function costRows({ cost }: Incident): [string, string][] {
  const rows: [string, number][] = [
    ["messages that failed because of a death", cost.failed],
    ["of these, done, and only the answer was lost", cost.answersLost],
    ["messages quarantined, because they had killed twice", cost.poisoned],
    ["messages redelivered: their callers saw a delay", cost.redelivered],
    ...Object.entries(cost.deadLetters).map(([reason, count]): [string, number] => [`dead letters: ${reason}`, count]),
  ];
  return rows.map(([label, count]) => [label, String(count)]);
}

export function serviceRows(services: readonly ServiceAvailability[]): string[][] {
  return services
    .slice(0, MOST_ROWS)
    .map(({ path, kind, deaths, downMs, longestMs, degradedMs, availability, down }) => [
      path,
      kind,
      String(deaths),
      `${percent(availability)}${down ? ", down now" : ""}`,
      shortDuration(downMs),
      shortDuration(longestMs),
      shortDuration(degradedMs),
    ]);
}

export const serviceHeads = ["service", "kind", "deaths", "availability", "down", "longest", "degraded"];

/** "12 ms, worst 40 ms (7)" */
export function distributionText(times: Distribution | undefined): [string, string, string] {
  if (!times) return ["-", "-", "0"];
  return [shortDuration(times.median), shortDuration(times.worst), String(times.count)];
}

/** "3 hung, 2 threw" */
export function causesText({ causes }: Incident): string {
  return Object.entries(causes)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}
