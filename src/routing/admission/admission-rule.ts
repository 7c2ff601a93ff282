import type { LearnedMethod } from "./learned-method.js";

/** What is known at the moment at which a message comes that has to wait. Times are ms. */
export interface AdmissionView {
  /** Until its deadline; Infinity for none. */
  readonly leftMs: number;
  /** Messages that start before it: of its own priority and of higher ones. */
  readonly ahead: number;
  /** Learned: what one of them keeps a member for. */
  readonly serviceMs: number;
  /** Learned: what its own method takes from being handed over to its answer. */
  readonly own: Pick<LearnedMethod, "ms" | "spreadMs">;
  /** Of each member that is up or on its way, how long until it takes a message, as far as that is known; 0 for one of which nothing is. */
  readonly freeIn: readonly number[];
  /** Nobody shall wait longer than this for a member; Infinity for no such bound. */
  readonly maxWaitMs: number;
}

export interface Verdict {
  readonly admitted: boolean;
  /** When a member will take it, as far as it can be known. */
  readonly startsInMs: number;
  /** When it would have a chance, if nothing more came. */
  readonly retryAfterMs: number;
}

/** What comes in time on the average is late half the time: waits are taken a fifth longer than they are expected to be. */
const WAIT_MARGIN = 1.2;

/** The same of its own time, beside its spread: the clock is not exact, and neither is the mean. */
const OWN_MARGIN = 1.1;

/**
 * Whether a message that comes now can be answered in time:
 *
 *   |── members are free ──|── those ahead of it ──|── its own time, and its spread ──|      ≤ what is left until its deadline?
 *
 * Chosen by simulation (test/unit/routing/admission.test.ts): without the margins what is admitted at twice the capacity is
 * answered just too late, and all of that work is for nothing; with larger ones a pool that is not overloaded refuses too much.
 */
export function admit({ leftMs, ahead, serviceMs, own, freeIn, maxWaitMs }: AdmissionView): Verdict {
  const startsInMs = startsIn(freeIn, ahead, serviceMs);
  const waitMs = startsInMs * WAIT_MARGIN;
  const late = waitMs + own.ms * OWN_MARGIN + own.spreadMs - leftMs;
  const tooLong = startsInMs - maxWaitMs;
  if (late <= 0 && tooLong <= 0) return { admitted: true, startsInMs, retryAfterMs: 0 };
  // One that has no time for itself has a chance at an idle pool alone.
  return { admitted: false, startsInMs, retryAfterMs: Math.min(waitMs, Math.max(late, tooLong)) };
}

/** Whether one whose turn has come can still be answered in time, likely enough to be started before others that wait. */
export function worthStarting(leftMs: number, { ms, spreadMs }: Pick<LearnedMethod, "ms" | "spreadMs">): boolean {
  return leftMs >= ms + spreadMs;
}

/**
 * How long until a member that works takes the next message. One that is past its usual time is expected to take as much longer
 * as it is past: it may be one of the long ones, and one that hangs is not waited for.
 */
export function busyFor(usualMs: number, forMs: number): number {
  return Math.abs(usualMs - forMs);
}

/**
 * When the message after those ahead starts: work is poured into the members until all of it is in, those that are free first.
 *
 *   member 1  ▒▒▒▒▒▒███   ▒ busy until then
 *   member 2  ▒▒███████   █ those ahead: level when all are in
 *   member 3  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒ takes none of it
 */
export function startsIn(freeIn: readonly number[], ahead: number, serviceMs: number): number {
  if (freeIn.length === 0) return 0;
  const sorted = freeIn.toSorted((a, b) => a - b);
  const [first] = sorted as [number];
  let sum = 0;
  let level = Number.POSITIVE_INFINITY;
  let takers = 0;
  for (const free of sorted) {
    sum += free;
    const filled = (sum + ahead * serviceMs) / (takers + 1);
    if (filled > level) break;
    level = filled;
    takers++;
  }
  // Members do not end all at once: the first of them is free half a message earlier than their mean.
  return Math.max(first, level - (serviceMs * (takers - 1)) / (2 * takers));
}
