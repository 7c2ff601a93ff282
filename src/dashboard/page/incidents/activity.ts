import { eventLine } from "../../../observe/event-line.js";
import type { SystemEvent } from "../../../system/events.js";

/** What happened, other than a death, in one line. */
export interface Activity {
  readonly id: number;
  /** Milliseconds since 1970, of the latest of them. */
  readonly at: number;
  readonly type: string;
  readonly path: string;
  readonly text: string;
  /** How often, in a row. */
  readonly count: number;
}

/** Kept: a flood of letters is one line that counts. */
export const ACTIVITY_KEPT = 300;
/** The same again within this is counted, not listed. */
const TOGETHER_MS = 10_000;

/** Newest first, with this event; the same list where it is nothing to tell of. Pure. */
export function withEvent(known: readonly Activity[], event: SystemEvent, at: number): readonly Activity[] {
  const text = textOf(event);
  if (text === undefined) return known;
  const path = pathOf(event);
  const [latest] = known;
  // Who did what is not told by a number: of the acts of operators only the very same are folded, such as wrong tokens in a row.
  const alike = latest?.type === event.type && latest.path === path && (event.type !== "audit" || latest.text === text);
  if (alike && at - latest.at < TOGETHER_MS) {
    return [{ ...latest, at, text, count: latest.count + 1 }, ...known.slice(1)];
  }
  const id = (latest?.id ?? 0) + 1;
  return [{ id, at, type: event.type, path, text, count: 1 }, ...known.slice(0, ACTIVITY_KEPT - 1)];
}

/** Deaths have a list of their own, and that something runs again is told with them. */
function textOf(event: SystemEvent): string | undefined {
  if (event.type === "report" || event.type === "death") return undefined;
  if (event.type === "life" && event.state !== "quarantined") return undefined;
  try {
    return eventLine(event);
  } catch {
    // A server that is newer than this page may tell of things that are made otherwise.
    return undefined;
  }
}

function pathOf(event: SystemEvent): string {
  if ("path" in event && typeof event.path === "string") return event.path;
  return event.type === "dead-letter" ? event.letter.path : "";
}
