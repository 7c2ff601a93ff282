import type { CreditFrame } from "./client-frames.js";

/** What generic clients may know of how to feed an actor; a hint, never a rule. */
export interface MediaHint {
  /** "audio": mono float32 at `rate` Hz in chunks of `chunk` samples. "image": the bytes of an image file. "text": a string. */
  readonly kind: "audio" | "image" | "text" | (string & {});
  readonly method: string;
  readonly rate?: number;
  readonly chunk?: number;
}

/** What may be known of a method before calling it. */
export interface ExposedMethod {
  readonly idempotent: boolean;
  /** It answers with parts. */
  readonly stream: boolean;
}

export interface ExposedActor {
  readonly methods: Readonly<Record<string, ExposedMethod>>;
  /** The method that `open` uses when it names none; absent where streams in are not exposed. */
  readonly stream?: string;
  readonly media?: MediaHint;
}

/** The bounds of this server. A client that keeps to them is never refused for them. */
export interface WireLimits {
  /** Bytes of one frame. */
  readonly maxPayload: number;
  /** Unanswered asks of one connection. */
  readonly maxInFlight: number;
  /** Chunks of one input stream without `ack`; parts of one output stream without `credit`. */
  readonly streamWindow: number;
  /** Milliseconds that a stream without a connection is kept. */
  readonly detachMs: number;
  /** Milliseconds between the server's pings; a client silent for two of them is dropped. */
  readonly heartbeatMs: number;
  /** Levels of nesting in one frame. */
  readonly maxDepth: number;
  /** Values (scalars, elements, keys) in one frame; the inside of bytes does not count. */
  readonly maxItems: number;
}

/** The first frame of the server, once the connection is authorised; again after each accepted `hello`. */
export interface WelcomeFrame {
  type: "welcome";
  protocol: "holdfast.v1";
  server: string;
  /** Names this connection in logs and dead letters. */
  session: string;
  admin: boolean;
  /** This connection may send `watch`. */
  watch: boolean;
  exposes: Record<string, ExposedActor>;
  /** Where other protocols are spoken over HTTP on this port: "/v2". A server of before says nothing. */
  http?: string[];
  limits: WireLimits;
}

/** The value of an ask; with `seq`, of one chunk of an input stream. */
export interface ResultFrame {
  type: "result";
  id: number;
  seq?: number;
  value: unknown;
}

/** An error as data. `code` is one of the table in errors.ts; an unknown one must be read by its `retryable`. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  /** Sending the same again does no harm. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * With id and seq: the outcome of one chunk, like a `result`. With id alone: the end of an ask, an output stream, or of
 * an input stream's life on this connection. Without id: the answer to a frame that has none.
 */
export interface ErrorFrame {
  type: "error";
  id?: number;
  seq?: number;
  error: WireError;
}

/** One value of an output stream; `seq` counts from 0. */
export interface PartFrame {
  type: "part";
  id: number;
  seq: number;
  value: unknown;
}

export interface ServerEndFrame {
  type: "end";
  id: number;
  count: number;
}

export interface OpenedFrame {
  type: "opened";
  id: number;
  /** Whoever holds it can resume the stream: 128 random bits. */
  session: string;
  /** The seq of the chunk that the server wants next. */
  next: number;
  /** How many chunks may be sent from `next` on. */
  credit: number;
  /** No state was there: a new stream, or the asked-for session is gone. */
  fresh: boolean;
  detachMs: number;
}

/** The effects of every chunk up to `seq` outlive a crash; the client may forget them. */
export interface SafeFrame {
  type: "safe";
  id: number;
  seq: number;
}

/** The server is stopping: nothing new is taken; what was taken has `graceMs` to finish, then the socket closes with 1001. */
export interface DrainFrame {
  type: "drain";
  graceMs: number;
}

export interface PongFrame {
  type: "pong";
  n: number;
}

/**
 * The live tree, as `app.tree()` gives it; the first one after `watch` carries the recent death reports too. For readers of diffs
 * it has a revision, and the ids of its nodes, parents before children and siblings in their order. With `more` it is only the
 * beginning: tree-diffs of the same revision follow at once, up to the first one without `more`.
 */
export interface TreeFrame {
  type: "tree";
  tree: unknown;
  reports?: unknown[];
  revision?: number;
  ids?: readonly number[];
  more?: boolean;
}

/**
 * What has become of one node. Of a known one: its fields (`node`) or the order of its children (`order`); of a new one: where it
 * is (`parent`, `at`) and its fields. The fields of a node are those of the tree, but for `children`, which is empty where some may be.
 */
export interface WireTreeChange {
  readonly id: number;
  readonly parent?: number;
  readonly at?: number;
  readonly node?: unknown;
  readonly order?: readonly number[];
}

/**
 * From one revision of the tree to the next: first the removed ones go, with all below them, then the changes apply in their order.
 * With `more` it is a part of that, whose revision stays (`to` is `from`), and the next part follows at once. With `reports` it
 * answers whoever follows already, and changes nothing.
 */
export interface TreeDiffFrame {
  type: "tree-diff";
  from: number;
  to: number;
  removed: readonly number[];
  changed: readonly WireTreeChange[];
  more?: boolean;
  reports?: unknown[];
}

/**
 * What the system has counted, at a time of the server's wall clock (ms since 1970). With `from`, what has changed since that
 * revision: rows of `gone` go first; a row of `units` has an `id`, and `at`, its place, where it is new; its fields replace those
 * that are known, and null takes one away. Without `from`: everything. With `more` the next part follows at once.
 */
export interface StatsFrame {
  type: "stats";
  at: number;
  from?: number;
  to: number;
  uptimeMs: number;
  reports: number;
  deadLetters: unknown;
  gone: readonly number[];
  units: readonly unknown[];
  more?: boolean;
}

/** A system event as data (errors as `{ name, message, code? }`). `missed` events were not sent, because the reader is slow. */
export interface EventFrame {
  type: "event";
  event: unknown;
  missed?: number;
}

export type ServerFrame =
  | WelcomeFrame
  | ResultFrame
  | ErrorFrame
  | PartFrame
  | ServerEndFrame
  | OpenedFrame
  | SafeFrame
  | CreditFrame
  | DrainFrame
  | PongFrame
  | TreeFrame
  | TreeDiffFrame
  | StatsFrame
  | EventFrame;
