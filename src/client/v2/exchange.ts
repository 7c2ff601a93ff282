import { HoldfastError } from "../../errors.js";
import { failureOf } from "./failure.js";
import type { V2Settings } from "./options.js";

/** One request, as it goes to `fetch`. */
export interface Outgoing {
  /** For messages: `infer digits`. */
  readonly what: string;
  readonly method: "GET" | "POST";
  /** Below the base: `/v2/models/digits/infer`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** It only asks: it can be asked again. */
  readonly asks: boolean;
}

/** What came back, all of it. */
export interface Incoming {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Before these nothing was sent. */
const unsent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/**
 * Sends a request and reads its answer, whatever its status.
 * @throws (rejects) HoldfastError ConnectionLost; PayloadTooLarge; BadFrame for a redirect
 */
export async function exchange(settings: V2Settings, request: Outgoing, signal: AbortSignal): Promise<Incoming> {
  const { what, method, path, headers, body, asks } = request;
  const url = `${settings.base}${path}`;
  try {
    const response = await settings.fetch(url, {
      method,
      headers: { ...settings.headers, ...settings.trace(), ...headers },
      ...(body === undefined ? {} : { body }),
      // A POST that is redirected may arrive as a GET, and a token elsewhere.
      redirect: "manual",
      signal,
    });
    const isRedirect = response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
    if (isRedirect) {
      void response.body?.cancel();
      const to = response.headers.get("location");
      const message = `${what}: ${url} redirects${to ? ` to ${to}` : ""}, which is not followed: give that url`;
      throw new HoldfastError("BadFrame", message, { details: { status: response.status } });
    }
    return { status: response.status, headers: response.headers, body: await read(response, what, settings.maxAnswer) };
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { cause } = error as { cause?: { code?: unknown; message?: string } };
    const code = typeof cause?.code === "string" ? cause.code : "";
    const why = cause?.message || code || (error as Error).message;
    throw new HoldfastError("ConnectionLost", `${what}: no answer from ${settings.base} (${why})`, {
      retryable: asks || unsent.test(code),
      cause: error,
    });
  }
}

/** The same, for an answer that has to be one of success. @throws (rejects) HoldfastError of its status */
export async function succeed(settings: V2Settings, request: Outgoing, signal: AbortSignal): Promise<Incoming> {
  const answer = await exchange(settings, request, signal);
  if (answer.status < 300) return answer;
  throw failed(settings, request, answer);
}

export function failed({ clock }: V2Settings, { what, asks }: Outgoing, answer: Incoming): HoldfastError {
  const { status, headers } = answer;
  const told = {
    status,
    statusText: "",
    headers,
    body: new TextDecoder().decode(answer.body),
  };
  return failureOf(what, asks, told, clock.wallTime());
}

/** What JSON an answer holds. @throws HoldfastError BadFrame */
export function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new HoldfastError("BadFrame", `${what}: the answer is no JSON (${(cause as Error).message})`, { cause });
  }
}

async function read(response: Response, what: string, most: number): Promise<Uint8Array> {
  const tooLarge = () => new HoldfastError("PayloadTooLarge", `${what}: the answer is over ${most} bytes (maxAnswer)`);
  if (Number(response.headers.get("content-length") ?? 0) > most) {
    void response.body?.cancel();
    throw tooLarge();
  }
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > most) {
      void reader.cancel();
      throw tooLarge();
    }
    chunks.push(part.value);
  }
  return joined(chunks, length);
}

/** @param length of all parts together */
export function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
