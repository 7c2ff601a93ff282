import type { DeathReport } from "../system/death/report.js";

/** Events of a flight recorder that a watcher is given, the last ones: 50 reports go in one frame. */
const FLIGHT_SHOWN = 12;
/** Characters of one text: an error's may be a megabyte long, and goes to everybody who watches. */
const LONGEST_TEXT = 1000;
/** Elements of one list. */
const LONGEST_LIST = 100;

/**
 * Reports and events as data of bounded size that any frame can hold: errors as `{ name, message, code? }`, and without the
 * arguments that a report may reveal, because watching is a smaller right than reading what callers send.
 */
export function plain(value: unknown): unknown {
  if (value instanceof Error) return plainError(value);
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(plain);
  if (typeof value === "string") return value.slice(0, LONGEST_TEXT);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, element] of Object.entries(value)) {
    if (key === "flight" && Array.isArray(element)) {
      copy[key] = element.slice(-FLIGHT_SHOWN).map(plain);
      if (element.length > FLIGHT_SHOWN) copy.flightOmitted = element.length - FLIGHT_SHOWN;
    } else if (key !== "args" && key !== "__proto__") copy[key] = plain(element);
  }
  return copy;
}

/** One report, with all of its flight recorder: what does not go to everybody who watches. */
export function plainReport(report: DeathReport): object {
  const { flightOmitted: _, ...shown } = plain(report) as { flightOmitted?: number };
  return { ...shown, flight: report.flight.map(plain) };
}

function plainError(error: Error & { code?: unknown }): Record<string, unknown> {
  const { code } = error;
  const [name, message] = [plain(error.name), plain(error.message)];
  return typeof code === "string" ? { name, message, code: plain(code) } : { name, message };
}
