import { randomBytes } from "node:crypto";
import { type Clock, realClock } from "../clock.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import type { MediaHint, WireLimits } from "../protocol/frames.js";
import { frameLimits } from "../protocol/limits.js";
import { type AuditFileOptions, type AuditFileSettings, auditFileSettings } from "./admin/audit-options.js";
import { adminTokensIn, proxiesIn } from "./admin/token-options.js";
import type { CanaryOptions } from "./canaries.js";
import type { HttpDoor } from "./http-door.js";
import { type GatewayMetrics, metricsSettings } from "./metrics-options.js";
import type { Pages } from "./page.js";

/** What callers may know of an exposed method; `idempotent` lets clients send it again after a lost connection. */
export interface ExposeMethod {
  readonly idempotent?: boolean;
  /** It is a generator: its answer comes in parts. */
  readonly stream?: boolean;
}

/** What of one actor callers may use. Nothing else of it, and nothing of other actors, is callable. */
export interface ExposeOptions {
  readonly methods: readonly string[] | Readonly<Record<string, ExposeMethod>>;
  /** The method called once per chunk of an input stream; the actor must be a keyed group. */
  readonly stream?: string;
  /** A hint for generic clients, such as the dashboard's try-it panel. */
  readonly media?: MediaHint;
  /** Asked every so often while nobody else is answered; what fails makes it not ready. Default: none. */
  readonly canary?: CanaryOptions;
}

/** A list of methods, or more. */
export type Expose = readonly string[] | ExposeOptions;

export interface GatewayOptions {
  /** What is callable, by name below the root of the tree: `{ digits: ["classify"] }`. */
  readonly expose: Readonly<Record<string, Expose>>;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number;
  /** The address to bind. Default 127.0.0.1; any that other machines reach needs `token`. */
  readonly host?: string;
  /** Further names that requests may give in their Host header ("models.example.org"). */
  readonly hosts?: readonly string[];
  /** Web pages of other origins that may connect ("https://app.example.org"). Default: pages of this server only. */
  readonly origins?: readonly string[];
  /** What callers must show. At least 16 characters. Default: none, on loopback only. */
  readonly token?: string;
  /** What operators must show. At least 16 characters, not the same as `token`. Default: 128 random bits. */
  readonly adminToken?: string;
  /** Further admin tokens, by the name that the audit log tells: `{ alice: "…" }`. Default: none. */
  readonly adminTokens?: Readonly<Record<string, string>>;
  /** A file to which each act of an operator is appended as a line of JSON; it is rotated. Default: none. */
  readonly auditFile?: string | AuditFileOptions;
  /**
   * Addresses of proxies in front of this server: of requests that come from them, X-Forwarded-For says who is counted for wrong
   * tokens and written into the audit log. Default: none, nobody's word is taken.
   */
  readonly trustProxies?: readonly string[];
  /** Bytes of one frame, in either direction. Default 16 MiB. */
  readonly maxPayload?: number;
  /** Unanswered asks of one connection. Default 256. */
  readonly maxInFlight?: number;
  /** Default 10000. */
  readonly maxConnections?: number;
  /** Input streams, attached and detached, of all connections. Default 1000. */
  readonly maxStreams?: number;
  /** Chunks of one input stream, or parts of one output stream, without acknowledgement. Default 32. */
  readonly streamWindow?: number;
  /** How long a stream is kept without a connection. Default 30 s. */
  readonly detach?: Duration;
  /** Between pings; who is silent for two of them is dropped. Default 15 s. */
  readonly heartbeat?: Duration;
  /** Serves GET requests other than /health: the dashboard. Default: none, they get 404. */
  readonly pages?: Pages;
  /** Further protocols over HTTP on the same port, each below its own path: `[v2Door(models)]`. */
  readonly http?: readonly HttpDoor[];
  /** Serves GET /metrics for Prometheus; needs the package prom-client. The token opens it, where there is one. Default false. */
  readonly metrics?: boolean | GatewayMetrics;
  /**
   * Keeps the last ten minutes of every unit and the last hour of events, for whoever comes when it has happened already: at most
   * 9 MiB, a look at the counters every 2 s. Default true.
   */
  readonly history?: boolean;
  /** Said in `welcome`. Default "holdfast". */
  readonly serverName?: string;
  /** For tests. Default the machine's. */
  readonly clock?: Clock;
}

/** The options with every default filled in and every duration in milliseconds. */
export interface GatewaySettings {
  readonly expose: Readonly<Record<string, Expose>>;
  readonly port: number;
  readonly host: string;
  readonly loopback: boolean;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly token: string | undefined;
  readonly adminToken: string;
  readonly adminTokens: Readonly<Record<string, string>>;
  readonly auditFile: AuditFileSettings | undefined;
  readonly trustProxies: readonly string[];
  readonly maxConnections: number;
  readonly maxStreams: number;
  readonly limits: WireLimits;
  readonly pages: Pages | undefined;
  readonly http: readonly HttpDoor[];
  readonly metrics: GatewayMetrics | undefined;
  readonly history: boolean;
  readonly serverName: string;
  readonly clock: Clock;
}

export const gatewayDefaults = {
  port: 8080,
  /** Reachable from this machine only: wider is a decision. */
  host: "127.0.0.1",
  /** A photo or a minute of audio fits; hundreds of them at once still fit memory. */
  maxPayload: 16 * 1024 * 1024,
  maxInFlight: 256,
  maxConnections: 10_000,
  maxStreams: 1000,
  /** One second of 32 ms audio chunks. */
  streamWindow: 32,
  /** A phone that changes networks is back in seconds. */
  detach: "30s",
  heartbeat: "15s",
} as const;

const gatewayKeys: KeysOf<GatewayOptions> = {
  expose: true,
  port: true,
  host: true,
  hosts: true,
  origins: true,
  token: true,
  adminToken: true,
  adminTokens: true,
  auditFile: true,
  trustProxies: true,
  maxPayload: true,
  maxInFlight: true,
  maxConnections: true,
  maxStreams: true,
  streamWindow: true,
  detach: true,
  heartbeat: true,
  pages: true,
  http: true,
  metrics: true,
  history: true,
  serverName: true,
  clock: true,
};

/** @throws HoldfastError InvalidSpec naming the option, its value and the fix; also for one that nobody would read */
export function gatewaySettings(options: GatewayOptions): GatewaySettings {
  onlyKnownKeys(options, gatewayKeys, "gateway");
  const host = options.host ?? gatewayDefaults.host;
  const loopback = isLoopback(host);
  const token = checkedToken("token", options.token);
  if (!loopback && token === undefined) {
    throw invalid(
      "host",
      `${JSON.stringify(host)} without a token, so anyone who reaches it could call: give token, or bind 127.0.0.1`,
    );
  }
  const adminToken = checkedToken("adminToken", options.adminToken) ?? randomBytes(16).toString("hex");
  if (adminToken === token) throw invalid("adminToken", "the same as token, but it is a separate right: give another");
  return {
    expose: options.expose,
    port: whole("port", options.port ?? gatewayDefaults.port, 0, 65_535),
    host,
    loopback,
    hosts: options.hosts ?? [],
    origins: options.origins ?? [],
    token,
    adminToken,
    adminTokens: adminTokensIn(options.adminTokens, checkedToken, [token, adminToken]),
    auditFile: auditFileSettings(options.auditFile),
    trustProxies: proxiesIn(options.trustProxies),
    maxConnections: whole("maxConnections", options.maxConnections ?? gatewayDefaults.maxConnections, 1),
    maxStreams: whole("maxStreams", options.maxStreams ?? gatewayDefaults.maxStreams, 1),
    limits: {
      maxPayload: whole("maxPayload", options.maxPayload ?? gatewayDefaults.maxPayload, 1024),
      maxInFlight: whole("maxInFlight", options.maxInFlight ?? gatewayDefaults.maxInFlight, 1),
      streamWindow: whole("streamWindow", options.streamWindow ?? gatewayDefaults.streamWindow, 1, 10_000),
      detachMs: milliseconds(options.detach ?? gatewayDefaults.detach, "gateway.detach"),
      heartbeatMs: milliseconds(options.heartbeat ?? gatewayDefaults.heartbeat, "gateway.heartbeat"),
      ...frameLimits,
    },
    pages: options.pages,
    http: options.http ?? [],
    metrics: metricsSettings(options.metrics),
    history: flag("history", options.history ?? true),
    serverName: options.serverName ?? "holdfast",
    clock: options.clock ?? realClock,
  };
}

/** Whether only this machine reaches what is bound there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function checkedToken(field: string, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  // The value itself is never quoted: errors are logged.
  if (typeof token !== "string" || token.length < 16 || token.length > 4096 || !/^[\x21-\x7e]+$/.test(token)) {
    throw invalid(
      field,
      "not 16 to 4096 printable ASCII characters without spaces: make one with `openssl rand -hex 16`",
    );
  }
  return token;
}

function whole(field: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw invalid(field, `${String(value)}: give a whole number ${range}`);
}

function flag(field: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(field, `${String(value)}: give true or false`);
}

function invalid(field: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `gateway.${field} is ${problem}`, { details: { field: `gateway.${field}` } });
}
