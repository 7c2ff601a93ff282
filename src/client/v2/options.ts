import type { Clock } from "../../clock.js";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { askedContext } from "../../protocol/asked-context.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import { portableClock } from "../portable-clock.js";
import { baseUrl } from "./base-url.js";

export interface V2ClientOptions {
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  /** How long a call may take, from its first byte to the last of its answer. Default 30 s; `Infinity` only when written. */
  readonly timeout?: Duration;
  /** Sent with every request: a Host for a gateway, a tenant. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Inference requests are compressed. Default false: tensors of a network nearby are sent faster than they are compressed. */
  readonly gzip?: boolean;
  /** Bytes of an answer, decompressed, before it is refused as PayloadTooLarge. Default 256 MiB. */
  readonly maxAnswer?: number;
  /** The W3C trace context that a call belongs to: it goes along as headers. Default: none. */
  readonly trace?: () => Partial<TraceContext> | undefined;
  /** What sends the requests. Default the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** For tests. Default the machine's. */
  readonly clock?: Clock;
}

const optionKeys: KeysOf<V2ClientOptions> = {
  token: true,
  timeout: true,
  headers: true,
  gzip: true,
  maxAnswer: true,
  fetch: true,
  trace: true,
  clock: true,
};

export interface V2Settings {
  /** Without "/v2", and without a slash at its end. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly maxAnswer: number;
  readonly fetch: typeof fetch;
  readonly trace: () => TraceContext | undefined;
  readonly clock: Clock;
}

export const MAX_ANSWER = 256 * 1024 * 1024;

/** @throws HoldfastError InvalidSpec */
export function v2Settings(url: string | URL, options: V2ClientOptions): V2Settings {
  onlyKnownKeys(options, optionKeys, "v2Client");
  const { token, headers = {}, gzip = false, maxAnswer = MAX_ANSWER, clock = portableClock } = options;
  if (token !== undefined && (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))) {
    throw invalid(
      "token",
      typeof token === "string" ? "not one word of ASCII" : shown(token),
      "give the server's token",
    );
  }
  if (typeof gzip !== "boolean") throw invalid("gzip", shown(gzip), "give true or false");
  if (!Number.isSafeInteger(maxAnswer) || maxAnswer < 1) {
    throw invalid("maxAnswer", shown(maxAnswer), "give a whole number of bytes");
  }
  const send = options.fetch ?? globalThis.fetch;
  if (typeof send !== "function") throw invalid("fetch", shown(send), "give a function such as the global fetch");
  return {
    base: baseUrl(url, "v2Client.url"),
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    timeoutMs: milliseconds(options.timeout ?? "30s", "v2Client.timeout"),
    gzip,
    maxAnswer,
    // Called bare: a browser's fetch refuses to be called as a method of something else.
    fetch: (input, init) => send(input, init),
    trace: askedContext(options.trace, "v2Client"),
    clock,
  };
}

function invalid(field: string, is: string, fix: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `v2Client.${field} is ${is}: ${fix}`, { details: { field } });
}
