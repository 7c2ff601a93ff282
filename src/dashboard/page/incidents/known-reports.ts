import type { DeathReport } from "../../../system/death/report.js";

/** A report as the page has it: in full, or as the server remembers it, which is without the flight recorder. */
export type KnownReport = DeathReport & { readonly remembered?: true };

/** An event that the server kept. */
export interface KeptEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: unknown;
}

/**
 * What is known once a connection has told its latest reports: pure. Older ones stay where the two have one in common; else
 * the server began to count anew, or too many died meanwhile to say.
 * @param known newest first
 * @param told newest first
 */
export function afterReconnect(known: readonly KnownReport[], told: readonly DeathReport[]): readonly KnownReport[] {
  const oldest = told.at(-1);
  if (!oldest) return [];
  const at = new Map(told.map((report) => [report.id, report.at]));
  if (!known.some((report) => at.get(report.id) === report.at)) return told;
  return [...told, ...known.filter(({ id }) => id < oldest.id)];
}

/**
 * With the deaths that the server remembers, those older than what is known: pure.
 * @param known newest first; without any, the server has told that nobody died
 * @param events oldest first: a report comes after the death that it is of
 * @param most kept; the oldest are left out
 */
export function withRemembered(
  known: readonly KnownReport[],
  events: readonly KeptEvent[],
  most: number,
): readonly KnownReport[] {
  const oldest = known.at(-1);
  if (!oldest) return known;
  const older = new Map<number, KnownReport>();
  for (const { event } of events) {
    const { report } = event as { readonly report?: DeathReport };
    if (report && report.id < oldest.id) older.set(report.id, { ...report, flight: [], remembered: true });
  }
  const newestFirst = [...older.values()].sort((a, b) => b.id - a.id);
  return [...known, ...newestFirst].slice(0, most);
}
