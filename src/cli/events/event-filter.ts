import { eventLine, reportLine } from "../../observe/event-line.js";
import { placeText } from "../../observe/place-text.js";
import type { SystemEvent } from "../../system/events.js";
import { CommandError } from "../command.js";

const types: Readonly<Record<SystemEvent["type"], true>> = {
  life: true,
  death: true,
  report: true,
  "dead-letter": true,
  audit: true,
  lingering: true,
  fenced: true,
  recycled: true,
  "not-recycled": true,
  scaled: true,
  left: true,
  judged: true,
  ejected: true,
  outvoted: true,
  rebuilt: true,
  breaker: true,
  standby: true,
  threshold: true,
  "store-failed": true,
  "store-recovered": true,
  "store-degraded": true,
  "store-repaired": true,
  "backup-made": true,
  "backup-failed": true,
  "state-fell-back": true,
  abandoned: true,
};

/** Every type of event that this version knows. */
export const eventTypes: readonly string[] = Object.keys(types);

/** Which events somebody wants to see. */
export interface EventFilter {
  /** Undefined: all that are told to people. */
  readonly types: ReadonlySet<string> | undefined;
  /** With or without the root's name. */
  readonly path: string | undefined;
}

/** @param named types, each alone or several with commas. @throws CommandError for one that does not exist */
export function eventFilter(named: readonly string[] | undefined, path: string | undefined): EventFilter {
  const wanted = named?.flatMap((text) => text.split(",")).map((text) => text.trim());
  const unknown = wanted?.find((type) => !Object.hasOwn(types, type));
  if (unknown !== undefined) {
    throw new CommandError(`--type is "${unknown}": give one of ${eventTypes.join(", ")}`);
  }
  return { types: wanted && new Set(wanted), path: path?.replace(/^\/+|\/+$/g, "") || undefined };
}

export function matches({ types, path }: EventFilter, event: SystemEvent): boolean {
  if (types && !types.has(event.type)) return false;
  return path === undefined || isBelow(pathOf(event), path);
}

/** What is shown of an event, in one line; undefined for what nobody asked for and another event tells better. */
export function shownLine({ types }: EventFilter, event: SystemEvent): string | undefined {
  const line = eventLine(event);
  if (line !== undefined || !types) return line;
  switch (event.type) {
    case "death":
      return reportLine(event.report).replace(/; ms: .*$/, "");
    case "life":
      return `${event.path}: ${event.state}${event.reason === undefined ? "" : `: ${event.reason}`}`;
    case "fenced":
      return `${event.path}: ${event.count} × ${event.what} of incarnation ${event.incarnation}, which was over, dropped`;
    default:
      return event.type;
  }
}

/** Whom an event is about: one key of a group is another than the next. */
export function placeOf(event: SystemEvent): string {
  const about = "report" in event ? event.report : event.type === "dead-letter" ? event.letter : event;
  return "path" in about ? placeText(about) : "";
}

function pathOf(event: SystemEvent): string {
  if ("report" in event) return event.report.path;
  if (event.type === "dead-letter") return event.letter.path;
  return "path" in event ? event.path : "";
}

/** "models/speech" is at or above "app/models/speech/2". */
function isBelow(path: string, wanted: string): boolean {
  const under = (text: string) => text === wanted || text.startsWith(`${wanted}/`);
  return under(path) || under(path.slice(path.indexOf("/") + 1));
}
