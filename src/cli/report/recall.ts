import type { Client } from "../../client/client.js";
import { realClock } from "../../clock.js";
import { isHoldfastError } from "../../errors.js";
import { eventDefaults } from "../../observe/history/event-log.js";
import type { IncidentInput, TimedEvent } from "../../observe/incident/incident-input.js";
import type { DeathReport } from "../../system/death/report.js";
import type { SystemEvent } from "../../system/events.js";
import type { SystemStats } from "../../system/stats.js";
import { firstTree } from "../connection/reach.js";
import { eventTypes } from "../events/event-filter.js";

/** A time to look back, ms since 1970. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** Asked for apart: a server answers with so many events at most, and a storm of one kind must not push the others out. */
const apart = ["report", "life", "dead-letter"] as const;

/** So long they are waited for. */
const STATS_WITHIN_MS = 3000;

/**
 * What a server remembers of a window, and what it does not: the rest of what an incident report is made of.
 * @throws CommandError when the connection ends before
 */
export async function recall(client: Client, url: string, window: Window): Promise<IncidentInput> {
  const [{ tree, reports = [] }, stats] = await Promise.all([firstTree(client, url), firstStats(client)]);
  const gaps: string[] = [];
  const kept = window.to - eventDefaults.ageMs;
  const began = stats ? window.to - stats.uptimeMs : window.from;
  // A server that began later has forgotten nothing by age: that it was not there is said elsewhere.
  const forgotten = Math.max(window.from, began) < kept;
  if (forgotten) {
    const since = new Date(kept).toISOString();
    gaps.push(`events before ${since}: a server keeps an hour of them, and availability is counted from then`);
  }
  const others = eventTypes.filter(
    (type) => type !== "death" && type !== "fenced" && !apart.some((one) => one === type),
  );
  const asked = [...apart.map((type) => [type]), others];
  const answers = await Promise.all(asked.map((types) => eventsOf(client, window, types, gaps)));
  const events = answers.flat();
  const known = new Map<number, DeathReport>();
  for (const { event } of events) if (event.type === "report") known.set(event.report.id, event.report);
  // These have more of their flight recorder.
  for (const report of reports) known.set(report.id, report);
  const numbers = [...known.keys()].sort((a, b) => a - b);
  const oldest = known.get(numbers[0]!);
  if (oldest && oldest.id > 1 && oldest.at > window.from && gaps.length > 0) {
    gaps.push(`death reports before number ${oldest.id}`);
  }
  return {
    server: url,
    ...window,
    ...(forgotten ? { knownFrom: kept } : {}),
    reports: [...known.values()],
    events,
    tree,
    ...(stats ? { stats } : {}),
    gaps: [...new Set(gaps)],
  };
}

/** Once a second they are told; a server that does not tell them is asked for nothing more. */
function firstStats(client: Client): Promise<SystemStats | undefined> {
  return new Promise((resolve) => {
    const done = (stats: SystemStats | undefined) => {
      stop();
      limit.cancel();
      resolve(stats);
    };
    const limit = realClock.after(STATS_WITHIN_MS, () => done(undefined));
    const stop = client.watch(
      (news) => {
        if (news.type === "stats") done(news.stats);
        else if (news.type === "lost") done(undefined);
      },
      { stats: true },
    );
  });
}

async function eventsOf(
  client: Client,
  { from }: Window,
  types: readonly string[],
  gaps: string[],
): Promise<TimedEvent[]> {
  try {
    const { events, more, lost } = await client.events({ since: from, types });
    const oldest = events[0];
    const name = types.length === 1 ? `"${types[0]}" events` : "other events";
    if (more && oldest)
      gaps.push(`${name} before ${new Date(oldest.at).toISOString()}: the server gives the latest ${events.length}`);
    if (lost > 0) gaps.push(`${lost} events since the server began to listen: they came faster than it keeps them`);
    return events.map(({ at, event }) => ({ at, event: event as SystemEvent }));
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    gaps.push(`events: the server does not give them (${error.message})`);
    return [];
  }
}
