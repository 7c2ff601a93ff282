import type { AuditEntry } from "../system/audit.js";
import { causeText, type DeathReport } from "../system/death/report.js";
import type { SystemEvent } from "../system/events.js";
import { placeText } from "./place-text.js";
import { shortDuration } from "./short-duration.js";
import { storeLine } from "./store-line.js";

const scaledBy = { hand: "by hand", judge: "undone" } as const;
const judged = { helped: "helped", undone: "not helped", unclear: "neither helped nor harmed" } as const;

/** An event in one line for people; undefined for what another event tells better. Names in it are as they are: not escaped. */
export function eventLine(event: SystemEvent): string | undefined {
  switch (event.type) {
    case "report":
      return reportLine(event.report);
    case "dead-letter": {
      const { method, reason, sender } = event.letter;
      return `dead letter: ${placeText(event.letter)}.${method} from ${sender}: ${reason}`;
    }
    case "audit":
      return auditLine(event.entry);
    case "abandoned":
      return event.exited
        ? `${event.host} of ${event.path}, abandoned before, has left`
        : `${event.host} of ${event.path} does not end (native code): abandoned and replaced`;
    case "recycled": {
      const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
      if ("by" in event) return `${event.path} on ${event.host} has left, ${event.by} in its place: ${event.why}`;
      if (event.what === "rule") {
        const { path, host, bytes, why, tookMs } = event;
        return `${path} on ${host} is recycled, ${shortDuration(tookMs)} after it was asked: it held most, ${mb(bytes)}, and ${why}`;
      }
      const { path, host, what, bytes, limitBytes } = event;
      return `${path} on ${host} is recycled: ${what} ${mb(bytes)}, limit ${mb(limitBytes)}`;
    }
    case "not-recycled": {
      const { path, host, because, why, tookMs } = event;
      const came = because === "ended" ? "it ended otherwise first" : "it may not be restarted now, and goes on";
      return `${path} on ${host} is not recycled, ${shortDuration(tookMs)} after it was asked: ${came} (${why})`;
    }
    case "threshold":
      return `threshold ${event.state}: ${event.why}`;
    case "scaled": {
      const { path, from, to, by, why } = event;
      return `${path}: ${from} → ${to} members${by === "rule" ? "" : `, ${scaledBy[by]}`}: ${why}`;
    }
    case "left": {
      const { path, host, answered, tookMs } = event;
      return `${path}${host && ` on ${host}`} has left, ${shortDuration(tookMs)} after it was let go; it answered ${answered} messages`;
    }
    case "judged":
      return `${event.path}: growing has ${judged[event.verdict]}: ${event.why}`;
    case "ejected":
      return `${event.path}/${event.member} gets no mail for ${event.forMs} ms: ${event.why}`;
    case "outvoted": {
      const { path, method, members, agreed, of } = event;
      return `${path}: ${method}: ${agreed} of ${of} members say the same, and not ${members.join(", ")}`;
    }
    case "rebuilt": {
      const { path, method, member, why, of } = event;
      return `${path}/${member}: its answer to ${method} was ${why}, and is made of the others' (a group of ${of})`;
    }
    case "standby": {
      const { path, state, host, why } = event;
      return `${path}: its standby${host ? ` on ${host}` : ""} is ${state}${why ? `: ${why}` : ""}`;
    }
    case "breaker":
      return `${event.path}: its breaker is ${event.state}: ${event.why}`;
    case "state-fell-back": {
      const { path, key, error } = event;
      return `${placeText({ path, key })}: its newest snapshot cannot be restored, the one before is: ${error.message}`;
    }
    case "store-failed":
    case "store-recovered":
    case "store-degraded":
    case "store-repaired":
    case "backup-made":
    case "backup-failed":
      return storeLine(event);
    case "life":
      if (event.state === "running") return `${event.path}: running`;
      if (event.state === "quarantined" || event.state === "waiting") {
        return `${event.path}: ${event.state}: ${withoutStart(event.reason ?? "", [`${event.state}: `, `${event.path}: `])}`;
      }
      return undefined;
    case "lingering":
      return `${event.path}: ${event.methods.join(", ")} of incarnation ${event.incarnation}, which crashed, still runs: inline nobody can end it`;
    // Each has a line of its own, once it is complete; what is fenced does no harm.
    case "death":
    case "fenced":
      return undefined;
  }
}

/** A reason that begins with the path and state which stand before it already; alone it has to say them. */
export function withoutStart(text: string, starts: readonly string[]): string {
  const start = starts.find((one) => text.startsWith(one));
  return start === undefined ? text : withoutStart(text.slice(start.length), starts);
}

/** A death in one line: who, why, what it cost, how long it took. */
export function reportLine(report: DeathReport): string {
  const { host, cause, executing, times, decision, level } = report;
  const what = executing.map(({ method, seq }) => `${method}#${seq}`).join(", ") || "nothing";
  const steps = Object.entries(times).map(([step, ms]) => `${step.replace("Ms", "")} ${(ms as number).toFixed(1)}`);
  const done = decision === "restart" ? `restarted${level ? ` (${level})` : ""}` : decision;
  return `death: ${placeText(report)} on ${host}: ${causeText(cause)}; executing ${what}; ${done}; ms: ${steps.join(", ")}`;
}

/** An act of an operator in one line. */
export function auditLine({ name, address, act, on, key, outcome, code, tookMs }: AuditEntry): string {
  const what = [act, on, key === undefined ? undefined : `[${key}]`].filter((part) => part !== undefined).join(" ");
  const how = outcome === "done" ? "done" : `refused${code ? ` (${code})` : ""}`;
  return `operator ${name ?? "without the right"} at ${address}: ${what}: ${how} in ${Math.round(tookMs)} ms`;
}
