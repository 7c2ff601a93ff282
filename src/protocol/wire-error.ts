import { type ErrorCode, HoldfastError, isErrorCode, isHoldfastError, messageOf, toError } from "../errors.js";
import type { WireError } from "./frames.js";
import { toWire } from "./values.js";

const LONGEST_MESSAGE = 4096;

/** An error as data: code, words and advice travel; stack and cause stay at home. */
export function toWireError(thrown: unknown): WireError {
  const error = toError(thrown);
  const message = messageOf(error).slice(0, LONGEST_MESSAGE);
  if (!isHoldfastError(error)) return { code: "HandlerFailed", message, retryable: false };
  const details = sendable(error.details);
  return {
    code: error.code,
    message,
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(details ? { details } : {}),
  };
}

/** Details are the user's data: what cannot be sent is left behind, for an error about an error helps nobody. */
function sendable(details: Record<string, unknown>): Record<string, unknown> | undefined {
  if (Object.keys(details).length === 0) return undefined;
  try {
    toWire(details, "binary", "details");
    return details;
  } catch {
    return undefined;
  }
}

/** The error that a frame tells of. A code of a newer server is read by its advice and kept in `details.code`. */
export function fromWireError(error: WireError): HoldfastError {
  const extras = { retryable: error.retryable, details: { ...error.details } };
  const known = isErrorCode(error.code);
  const code = known ? (error.code as ErrorCode) : error.retryable ? "Unavailable" : "HandlerFailed";
  return new HoldfastError(code, error.message, {
    ...extras,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(known ? {} : { details: { ...extras.details, code: error.code } }),
  });
}
