import { type ErrorCode, HoldfastError, isErrorCode } from "../../errors.js";

/** What is known of an answer that is none of success. */
export interface FailedAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Read: Retry-After, and what a holdfast server adds: Retry-After-Ms, Holdfast-Code, Holdfast-Retryable. */
  readonly headers: Pick<Headers, "get">;
  /** As text; a proxy's page may be anything. */
  readonly body: string;
}

const LONGEST_TEXT = 500;

/**
 * The error that an HTTP status and a V2 body `{"error": "…"}` stand for. Pure.
 * @param what the call, for the message: `infer digits`
 * @param asks it only asks: whatever happened, it can be asked again
 * @param wallTime now, for a Retry-After that is a date
 */
export function failureOf(what: string, asks: boolean, answer: FailedAnswer, wallTime: number): HoldfastError {
  const { status, statusText, headers } = answer;
  const said = { ...errorIn(answer.body), ...toldIn(headers) };
  const code = said.code ?? codeOf(status);
  const why = said.message || statusText || "no reason given";
  const retryAfterMs = said.retryAfterMs ?? waitOf(headers.get("retry-after"), wallTime);
  return new HoldfastError(code, `${what}: ${why} (HTTP ${status})`, {
    retryable: said.retryable ?? isRetryable(status, asks),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: { status },
  });
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 401:
    case 403:
      return "Unauthorized";
    case 404:
    case 410:
      return "UnknownModel";
    case 408:
    case 504:
      return "Timeout";
    case 413:
      return "PayloadTooLarge";
    case 429:
      return "Overloaded";
    case 405:
    case 501:
      return "NotExposed";
    case 425:
    case 502:
    case 503:
      return "Unavailable";
    default:
      return status >= 500 ? "HandlerFailed" : "InvalidValue";
  }
}

/** Answers that say that nothing was run. What a gateway lost on its way (502, 504) may have run. */
function isRetryable(status: number, asks: boolean): boolean {
  if (status === 429 || status === 503 || status === 425) return true;
  return asks && (status >= 500 || status === 408);
}

/** Retry-After: seconds, or a date. */
function waitOf(header: string | null, wallTime: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallTime);
}

interface Said {
  readonly message: string;
  readonly code?: ErrorCode;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** What a holdfast server tells beside the words of V2. */
function toldIn(headers: Pick<Headers, "get">): Partial<Said> {
  const code = headers.get("holdfast-code");
  const retryable = headers.get("holdfast-retryable");
  const ms = headers.get("retry-after-ms");
  return {
    ...(isErrorCode(code) ? { code } : {}),
    ...(retryable === "true" || retryable === "false" ? { retryable: retryable === "true" } : {}),
    ...(ms !== null && /^\d+$/.test(ms) ? { retryAfterMs: Number(ms) } : {}),
  };
}

/** V2 says `{"error": text}`, the other doors of a holdfast server `{"error": {code, message}}`. */
function errorIn(body: string): Said {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { message: clipped(body) };
  }
  const outer = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  const inner = (typeof outer.error === "object" && outer.error !== null ? outer.error : outer) as typeof outer;
  const message = typeof outer.error === "string" ? outer.error : inner.message;
  const { code, retryable, retryAfterMs } = inner;
  return {
    message: typeof message === "string" ? message.slice(0, LONGEST_TEXT) : clipped(body),
    ...(isErrorCode(code) ? { code } : {}),
    ...(typeof retryable === "boolean" ? { retryable } : {}),
    ...(typeof retryAfterMs === "number" && retryAfterMs >= 0 ? { retryAfterMs } : {}),
  };
}

function clipped(body: string): string {
  return body.replace(/\s+/g, " ").trim().slice(0, LONGEST_TEXT);
}
