import type { Load } from "../../actor/sight.js";
import { HoldfastError, isHoldfastError } from "../../errors.js";

/** Advice to come back later than this is none. */
const LONGEST_ADVICE_MS = 60_000;

/**
 * Who finds a pool's mailbox full hears when half of what waits will have been served; any other error is as it was.
 * @param serviceMs what a message takes; undefined where nobody knows yet
 */
export function withAdvice(error: unknown, serviceMs: number | undefined, { waiting, ready }: Load): unknown {
  if (!isHoldfastError(error, "MailboxFull") || serviceMs === undefined) return error;
  const { message, retryable, details } = error;
  const half = (waiting * serviceMs) / 2 / Math.max(1, ready);
  const retryAfterMs = Math.ceil(Math.min(LONGEST_ADVICE_MS, Math.max(1, half)));
  return new HoldfastError("MailboxFull", message, { retryable, retryAfterMs, ...(details ? { details } : {}) });
}
