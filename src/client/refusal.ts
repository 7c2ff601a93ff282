import { type ErrorCode, HoldfastError, isErrorCode } from "../errors.js";

/** Answers that pass by themselves: too slow, too early, too many, and whatever is the server's own trouble. */
const passing = (status: number) => status >= 500 || status === 408 || status === 425 || status === 429;

const LONGEST_TEXT = 300;

/**
 * What an HTTP answer to the upgrade means, in the server's own words where it has some. Pure.
 * @param body as it came; a holdfast server sends `{"error":{code,message}}`
 * @returns retryable when another attempt may fare better: ConnectionLost then, else the server's code or that of its status
 */
export function refusalOf(url: string, status: number, statusText: string, body: string): HoldfastError {
  const said = wireErrorIn(body);
  const why = said?.message ?? (body.trim().slice(0, LONGEST_TEXT) || "it is no WebSocket of a holdfast server");
  const message = `${url} refused the connection with ${status} ${statusText}: ${why}`;
  const details = { url, status };
  if (passing(status)) return new HoldfastError("ConnectionLost", message, { retryable: true, details });
  return new HoldfastError(said?.code ?? codeOf(status), message, { retryable: false, details });
}

/** TLS spoken to a port without it: no attempt will ever fare better. */
export function noTlsThere(url: string, cause: unknown): HoldfastError {
  const message = `${url}: the server there speaks no TLS: give the url as ws:, or put TLS before the server`;
  return new HoldfastError("InvalidSpec", message, { retryable: false, cause, details: { url } });
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return "Unauthorized";
  return status === 404 ? "NotExposed" : "BadFrame";
}

function wireErrorIn(body: string): { code: ErrorCode | undefined; message: string } | undefined {
  let error: unknown;
  try {
    error = (JSON.parse(body) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof message !== "string") return undefined;
  const known = isErrorCode(code);
  return { code: known ? (code as ErrorCode) : undefined, message };
}
