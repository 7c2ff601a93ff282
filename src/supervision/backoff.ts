import type { Chance } from "../clock.js";

/**
 * How long a child stays down before its next start. The first restart is immediate, then the pause grows:
 *
 *   failures   1    2        3                 4                   …
 *   pause      0    initial  initial · factor  initial · factor²   … at most max
 *
 * each shortened by a random part of up to `jitter`, so that children felled by one fault do not return in step.
 * OTP has no back-off; here one start costs tens of milliseconds to a second.
 */
export interface Backoff {
  /** Milliseconds before the second restart in a row. */
  readonly initialMs: number;
  /** By how much each further pause is longer, >= 1. */
  readonly factor: number;
  /** The longest pause in milliseconds. */
  readonly maxMs: number;
  /** The part of a pause that is random: 0 (none) to 1 ("full jitter"). A pause lies in (1 - jitter … 1) of its length. */
  readonly jitter: number;
  /** Milliseconds of being up after which earlier failures are forgotten, inclusive. */
  readonly healthyAfterMs: number;
}

/** Failures in a row that are the child's own: deaths of unknown guilt and failed starts. */
export interface Streak {
  readonly failures: number;
  /** Up without a fault of its own since then (monotonic ms); undefined from a failure until the next ready. */
  readonly healthySince: number | undefined;
}

export const noStreak: Streak = { failures: 0, healthySince: undefined };

/**
 * The child is up. A death charged to a message does not interrupt health, so an earlier date is kept. Where nothing has
 * failed there is nothing to forget, and no date to keep.
 */
export function healthy(streak: Streak, now: number): Streak {
  if (streak.failures === 0) return streak;
  return streak.healthySince === undefined ? { failures: streak.failures, healthySince: now } : streak;
}

/**
 * One more failure. A start that failed counts as the second at least: the immediate restart is for a child that had
 * been serving, and what just refused to start will hardly start in the same millisecond.
 */
export function failed(streak: Streak, what: "death" | "start", rules: Backoff, now: number): Streak {
  const wasHealthy = streak.healthySince !== undefined && now - streak.healthySince >= rules.healthyAfterMs;
  const failures = (wasHealthy ? 0 : streak.failures) + 1;
  return { failures: what === "start" ? Math.max(2, failures) : failures, healthySince: undefined };
}

/** The pause in milliseconds before the restart that follows `failures` failures in a row. Draws chance at most once. */
export function pause(rules: Backoff, failures: number, chance: Chance): number {
  if (failures <= 1 || rules.initialMs === 0) return 0;
  const full = Math.min(rules.maxMs, rules.initialMs * rules.factor ** (failures - 2));
  return rules.jitter === 0 ? full : full * (1 - rules.jitter * chance());
}
