import type { Chance, Clock } from "../clock.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { askedContext } from "../protocol/asked-context.js";
import type { TraceContext } from "../protocol/trace-context.js";
import type { Backoff } from "../supervision/backoff.js";
import { portableClock } from "./portable-clock.js";

export interface ConnectOptions {
  /** The server's token. It goes in the first frame, never in the URL. */
  readonly token?: string;
  /** The admin token: the connection may then kill and watch, and call too. */
  readonly adminToken?: string;
  /** How long to try before `connect` gives up. Default 10 s. Later reconnects go on until `close()`. */
  readonly connectTimeout?: Duration;
  /** Default deadline of an ask. Default 30 s. */
  readonly timeout?: Duration;
  /**
   * Pauses between attempts: from 100 ms, doubled to at most 5 s, half of each random. `false`: one connection, whose loss
   * is the end: what has no answer then fails at once, and so does what a stopping server did not take.
   */
  readonly reconnect?: false | { readonly initial?: Duration; readonly max?: Duration };
  /** Bytes of messages and chunks that may wait for the network before new ones are refused. Default 16 MiB. */
  readonly maxBuffered?: number;
  /** Asks and tells that may wait for a connection. Default 1024. */
  readonly maxQueued?: number;
  /** Said in `hello`, for the server's logs. At most 128 characters. */
  readonly name?: string;
  /**
   * The W3C trace context that a call belongs to, asked for each: that of the active span. It goes along with the call. Default:
   * what `ref.with({ trace })` says. See docs/observability.md.
   */
  readonly trace?: () => Partial<TraceContext> | undefined;
  /** For tests. Default the machine's. */
  readonly clock?: Clock;
  readonly chance?: Chance;
}

export interface ClientSettings {
  readonly urls: readonly string[];
  readonly token: string | undefined;
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
  readonly backoff: Backoff;
  /** A connection that was open and is lost is followed by another. */
  readonly reconnects: boolean;
  readonly maxBuffered: number;
  readonly maxQueued: number;
  readonly name: string;
  readonly trace: () => TraceContext | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** Half of each pause is random: clients that a restart cut off together do not come back in one wave. */
const JITTER = 0.5;

/** @throws HoldfastError InvalidSpec */
export function clientSettings(url: string | readonly string[], options: ConnectOptions): ClientSettings {
  if (typeof url !== "string" && !Array.isArray(url)) throw badUrl(url);
  const urls = typeof url === "string" ? [url] : [...(url as readonly string[])];
  if (urls.length === 0) throw new HoldfastError("InvalidSpec", "connect has an empty list of urls: give at least one");
  const pauses = options.reconnect || {};
  return {
    urls: urls.map(checkedUrl),
    token: options.token,
    connectTimeoutMs: milliseconds(options.connectTimeout ?? "10s", "connect.connectTimeout"),
    timeoutMs: milliseconds(options.timeout ?? "30s", "connect.timeout"),
    backoff: {
      initialMs: milliseconds(pauses.initial ?? 100, "connect.reconnect.initial"),
      maxMs: milliseconds(pauses.max ?? "5s", "connect.reconnect.max"),
      factor: 2,
      jitter: JITTER,
      healthyAfterMs: 0,
    },
    reconnects: options.reconnect !== false,
    maxBuffered: options.maxBuffered ?? 16 * 1024 * 1024,
    maxQueued: options.maxQueued ?? 1024,
    name: options.name ?? "holdfast-js",
    trace: askedContext(options.trace, "connect"),
    clock: options.clock ?? portableClock,
    chance: options.chance ?? Math.random,
  };
}

function checkedUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw badUrl(url);
  }
  if (parsed.protocol === "http:" || parsed.protocol === "https:")
    parsed.protocol = parsed.protocol.replace("http", "ws");
  if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:") {
    throw new HoldfastError("InvalidSpec", `connect.url is ${JSON.stringify(url)}: its scheme must be ws: or wss:`);
  }
  return parsed.href;
}

function badUrl(url: unknown): HoldfastError {
  return new HoldfastError("InvalidSpec", `connect.url is ${shown(url)}: give one such as "ws://127.0.0.1:8080"`);
}
