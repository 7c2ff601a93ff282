import type { FlightEvent } from "./black-box.js";
import type { DeathReport } from "./report.js";

/** What a server remembers of an older report is without its flight recorder. */
type Remembered = Pick<DeathReport, "at" | "path" | "key"> & Partial<Pick<DeathReport, "flight">>;

/** What fits a terminal. */
const COLUMNS = 80;

/**
 * The last events before a death, for people: one line each, oldest first, of at most 80 characters.
 *
 *      -12.3 ms  started   classify #7
 *
 * @param most how many
 */
export function flightLines({ at, path, key, flight = [] }: Remembered, most: number): string[] {
  return flight.slice(-most).map((event) => {
    const other = event.path !== undefined && (event.path !== path || event.key !== key);
    const age = `${(event.at - at).toFixed(1)} ms`.padStart(12);
    const what = [whatOf(event), other ? `(${event.path})` : ""].filter(Boolean).join("  ");
    const line = `${age}  ${event.kind.padEnd(8)}  ${what}`.trimEnd();
    return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
  });
}

function whatOf({ method, seq, text }: FlightEvent): string {
  return [method, seq === undefined ? undefined : `#${seq}`, text && plainText(text)].filter(Boolean).join(" ");
}

/** A note is its actor's own words, and they may be anything: nothing of it steers a terminal. */
function plainText(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}
