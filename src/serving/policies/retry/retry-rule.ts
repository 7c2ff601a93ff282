import type { Chance } from "../../../clock.js";
import { type ErrorCode, isHoldfastError } from "../../../errors.js";
import { type Backoff, pause } from "../../../supervision/backoff.js";

export interface RetryRules {
  /** The first included. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Codes after which an idempotent call is made again too. */
  readonly codes: ReadonlySet<ErrorCode>;
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly error: unknown;
  /** 1 for the first. */
  readonly attempt: number;
  readonly idempotent: boolean;
  /** Monotonic ms. */
  readonly now: number;
  readonly deadline: number;
}

/** The message may have run: only what may run twice is sent again. */
export const mayHaveRun: readonly ErrorCode[] = ["ActorDied", "ConnectionLost", "Timeout"];

/**
 * How long to wait before the next attempt, ms; undefined: there is none.
 *
 *   it says "retry is safe"            yes ─┐
 *   it may have run, and may run twice yes ─┤─▶ attempts left ─▶ pause short enough ─▶ over before the deadline ─▶ again
 *   anything else                      no
 *
 * The pause grows with each attempt, any part of it ("full jitter"), after what the error advises. An advice longer than the
 * longest pause is for the caller: the error is passed on.
 */
export function pauseBeforeRetry(rules: RetryRules, failed: FailedAttempt, chance: Chance): number | undefined {
  const { error, attempt, idempotent, now, deadline } = failed;
  if (attempt >= rules.attempts || !isHoldfastError(error)) return undefined;
  if (error.code === "Cancelled") return undefined;
  if (!error.retryable && !(idempotent && rules.codes.has(error.code))) return undefined;
  const advice = error.retryAfterMs ?? 0;
  if (advice > rules.backoff.maxMs) return undefined;
  // The first restart of a child has no pause, the first repetition of a call has: hence one more.
  const afterMs = advice + pause(rules.backoff, attempt + 1, chance);
  return now + afterMs < deadline ? afterMs : undefined;
}
