import { type ErrorCode, HoldfastError, isHoldfastError, toError } from "../../errors.js";

/** A refusal that only HTTP has words for: a method, a media type, a body that is too slow. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** An answer that says what went wrong. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a code means over HTTP; those that are not here are the server's own trouble, 500, or 503 where trying again is safe. */
const statusOf: Partial<Record<ErrorCode, number>> = {
  InvalidValue: 400,
  Refused: 400,
  BadFrame: 400,
  InvalidSpec: 400,
  Unauthorized: 401,
  UnknownModel: 404,
  UnknownMethod: 404,
  NotExposed: 404,
  PayloadTooLarge: 413,
  TooManyInFlight: 429,
  // Nobody reads it: the client has gone.
  Cancelled: 499,
  Timeout: 504,
};

/** Longer ones are cut: an actor's own words are part of some. */
const LONGEST = 1024;
/** For what is retryable without saying when. */
const RETRY_SECONDS = 1;

/** Any error as V2 tells it: a status and `{"error": …}`. No stack, no details: those are for the server's own log. */
export function refusalOf(thrown: unknown): Refusal {
  const error = toError(thrown);
  if (error instanceof HttpProblem) return refusal(error.status, error.message, error.headers);
  // What the framework itself refuses: a path that cannot be decoded.
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500)
    return refusal(statusCode, error.message);
  if (!isHoldfastError(error)) return refusal(500, "the server failed at this request");
  const status = statusOf[error.code] ?? (error.retryable ? 503 : 500);
  const waits = error.retryAfterMs !== undefined && status !== 400;
  if (status === 401 && waits) return refusal(429, error.message, retryAfter(error));
  const challenge: Record<string, string> = status === 401 ? { "www-authenticate": "Bearer" } : {};
  const advice = waits || status === 429 || status === 503 ? retryAfter(error) : {};
  return refusal(status, error.message, { ...challenge, ...advice, ...codeOf(error) });
}

/** The code travels beside the text, for clients of this kind: other servers have none. */
function codeOf({ code, retryable }: HoldfastError): Record<string, string> {
  return { "holdfast-code": code, "holdfast-retryable": String(retryable) };
}

/** In whole seconds, as HTTP has it, and in milliseconds beside it. */
function retryAfter({ retryAfterMs }: HoldfastError): Record<string, string> {
  if (retryAfterMs === undefined) return { "retry-after": String(RETRY_SECONDS) };
  const ms = Math.max(0, Math.ceil(retryAfterMs));
  return { "retry-after": String(Math.max(1, Math.ceil(ms / 1000))), "retry-after-ms": String(ms) };
}

function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return { status, headers, body: JSON.stringify({ error: message.slice(0, LONGEST) }) };
}

/** The error for a body above the bound, whichever way that was seen. */
export function tooLarge(what: string, maxBytes: number): HoldfastError {
  const fix = "send less, or raise maxBody";
  return new HoldfastError("PayloadTooLarge", `the body ${what}, and ${maxBytes} are allowed: ${fix}`, {
    details: { limit: maxBytes },
  });
}
