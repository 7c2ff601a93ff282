import type { LogLevel } from "../../actor/actor-log.js";
import { causeText } from "../death/report.js";
import type { SystemEvent } from "../events.js";

/** An event as a line of a log. */
export interface EventRecord {
  readonly level: LogLevel;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Of the others: "info". */
const levels: Partial<Record<SystemEvent["type"], LogLevel>> = {
  report: "error",
  "dead-letter": "warn",
  abandoned: "error",
  lingering: "warn",
  "not-recycled": "warn",
  ejected: "warn",
  outvoted: "warn",
  breaker: "warn",
  "state-fell-back": "error",
  "store-failed": "error",
  "store-degraded": "error",
  "backup-failed": "error",
  fenced: "debug",
};

/** What an event says, without anything of a payload; undefined for what another event tells better. */
export function eventRecord(event: SystemEvent): EventRecord | undefined {
  const { type } = event;
  switch (type) {
    // Its report follows, complete.
    case "death":
      return undefined;
    case "report": {
      const { id, path, key, host, cause, decision, level, times, executing } = event.report;
      const methods = executing.map(({ method }) => method);
      const fields = { event: type, id, path, ...(key === undefined ? {} : { key }), host, cause: cause.kind };
      const text = `death of ${path}: ${causeText(cause)}`;
      return { level: "error", fields: { ...fields, decision, restarted: level, executing: methods, ...times }, text };
    }
    case "dead-letter": {
      const { path, key, method, reason, sender } = event.letter;
      const fields = { event: type, path, ...(key === undefined ? {} : { key }), method, sender, reason };
      return { level: "warn", fields, text: `dead letter: ${path}.${method} from ${sender}: ${reason}` };
    }
    case "life": {
      const { path, state, reason } = event;
      const fields = { event: type, path, state, ...(reason === undefined ? {} : { reason }) };
      const level =
        state === "quarantined" ? "error" : state === "waiting" ? "warn" : state === "running" ? "info" : "debug";
      return { level, fields, text: `${path}: ${state}${reason === undefined ? "" : `: ${reason}`}` };
    }
    case "threshold":
      return { level: event.state === "cleared" ? "info" : "warn", fields: scalarsOf(event), text: event.why };
    default:
      return { level: levels[type] ?? "info", fields: scalarsOf(event), text: textOf(event) };
  }
}

function textOf(event: SystemEvent): string {
  const { path, about, state, why, reason } = event as unknown as Record<string, unknown>;
  const what = [event.type, path ?? about, state].filter((word) => typeof word === "string").join(" ");
  const because = why ?? reason;
  return typeof because === "string" ? `${what}: ${because}` : what;
}

/** What is a text, a number, a truth or a list of names; an error by its message. */
function scalarsOf(event: SystemEvent): Record<string, unknown> {
  const fields: Record<string, unknown> = { event: event.type };
  for (const [name, value] of Object.entries(event)) {
    if (name === "type" || value === undefined) continue;
    if (value instanceof Error) fields[name] = value.message;
    else if (typeof value !== "object" || Array.isArray(value)) fields[name] = value;
  }
  return fields;
}
