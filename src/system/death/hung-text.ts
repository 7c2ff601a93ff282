import type { HungWhere } from "../cell/where.js";
import type { DeathCause } from "./report.js";

/** What it did, and what mends it. */
const doing: Record<HungWhere, string> = {
  js: "its event loop blocked: it loops, or sits in a native call that is not marked with this.native()",
  await: "awaiting what never came: give what it awaits a time-out of its own",
  native: "in native code: only a process can be ended there (fork), a thread is left behind until the call returns",
};

/** A hang, in one line for people. */
export function hungText(cause: Extract<DeathCause, { kind: "hung" }>): string {
  const { method, limitMs, ageMs, seq, missedMs, where, by } = cause;
  const limit = `${Math.round(ageMs)} ms, limit ${limitMs} ms`;
  const missed = missedMs === undefined ? "" : ` (not counting ${Math.round(missedMs)} ms in which nobody watched)`;
  if (by !== undefined)
    return `made to hang by ${by}: ${method} ${seq === 0 ? "was not begun within" : "ran for"} ${limit}${missed}`;
  if (seq === 0)
    return `its event loop was blocked outside any handler: ${method} was not begun within ${limit}${missed}`;
  return `${method} ran for ${limit}${missed}${where === undefined ? "" : `, ${doing[where]}`}`;
}
