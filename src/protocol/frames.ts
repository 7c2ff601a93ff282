/**
 * holdfast.v1: every frame that crosses the wire, in both directions. docs/protocol.md is the same list for people and
 * other languages; a change here is a change there.
 *
 *   client                              server
 *     │ ── (upgrade, token in header) ───▶ │
 *     │ ── hello{token} (browsers) ──────▶ │
 *     │ ◀──────────────────── welcome ──── │
 *     │ ── ask{id} ──────────────────────▶ │      one answer: result{id} | error{id}
 *     │ ◀──────────── result{id} ───────── │      or, of a generator: part{id,seq}* then end{id} | error{id}
 *     │ ── open{id} ─────────────────────▶ │
 *     │ ◀──────────── opened{id} ───────── │      a stream in: chunk{id,seq} each answered by result{id,seq},
 *     │ ── chunk{id,0} chunk{id,1} … ────▶ │      then safe{id,seq}; ack{id,seq} earns credit{id,n}
 */

/** The WebSocket subprotocol: msgpack in binary frames. Without a subprotocol the server begins in the JSON twin. */
export const subprotocol = "holdfast.v1";

/** Values as they stand in a frame: plain msgpack or JSON. Tensors are `{ dtype, shape, data }`. */
export type WireValue = null | boolean | number | bigint | string | Uint8Array | readonly WireValue[] | WireMap;
export interface WireMap {
  readonly [key: string]: WireValue;
}

// ---------------------------------------------------------------- client to server

/** The first frame of whoever could not send an Authorization header; or later, with `admin`, to gain that right. */
export interface HelloFrame {
  type: "hello";
  token?: string;
  /** Ask for the admin right: `token` is then the admin token. */
  admin?: boolean;
  /** Who connects, for logs: "holdfast-js/0.1". At most 128 characters. */
  client?: string;
}

/** One call with one outcome. */
export interface AskFrame {
  type: "ask";
  /** Chosen by the client, unique among its unanswered frames on this connection. 0 … 2^53-1. */
  id: number;
  /** The exposed name. */
  to: string;
  /** Which actor of a keyed group. */
  key?: string;
  method: string;
  args: unknown[];
  /** *Remaining* milliseconds: clocks of two machines never agree, durations do. Default 30000. */
  timeout?: number;
  /** The caller declares that running it twice does no harm. */
  idempotent?: boolean;
  /** For a method that answers with a stream: how many parts may come before `credit` is sent. Default streamWindow. */
  credit?: number;
}

/** A call without an answer. Only a tell that may not be made at all is answered, by an `error` without id. */
export interface TellFrame {
  type: "tell";
  to: string;
  key?: string;
  method: string;
  args: unknown[];
}

/** Gives up an ask (answered by error Cancelled, or by the result that was already on its way), or ends a stream at once. */
export interface CancelFrame {
  type: "cancel";
  id: number;
}

/** Client to server: `n` more parts of an output stream may come. Server to client: `n` more chunks may be sent. */
export interface CreditFrame {
  type: "credit";
  id: number;
  n: number;
}

/** Opens a stream of chunks into one keyed actor, or resumes one. Answered by `opened` or `error`. */
export interface OpenFrame {
  type: "open";
  id: number;
  to: string;
  /** Which actor; without it the server chooses a key of its own. */
  key?: string;
  /** The method called once per chunk; without it the one that the exposure names. */
  method?: string;
  /** The session of `opened`, to resume. */
  session?: string;
  /** With `session`: the highest seq whose result has arrived; -1 for none. Results after it are sent again. */
  have?: number;
  /** Milliseconds that each chunk may take. Default 30000. */
  timeout?: number;
}

/** One chunk: the arguments of one ordered ask. `seq` counts from 0 without a gap. */
export interface ChunkFrame {
  type: "chunk";
  id: number;
  seq: number;
  args: unknown[];
}

/** The client has every result up to `seq`; the server forgets them and grants credit. */
export interface AckFrame {
  type: "ack";
  id: number;
  seq: number;
}

/** Client to server: no more chunks. Server to client: the stream is complete, `count` values were answered. */
export interface ClientEndFrame {
  type: "end";
  id: number;
}

/** Leaves a stream without ending it: its actor is kept for `limits.detachMs`, to be resumed from any connection. */
export interface DetachFrame {
  type: "detach";
  id: number;
}

export interface PingFrame {
  type: "ping";
  n: number;
}

/** Asks for the live tree and every event, pushed until `unwatch`. */
export interface WatchFrame {
  type: "watch";
}

export interface UnwatchFrame {
  type: "unwatch";
}

/** Admin: kills what runs at a path, as a fault would. Answered by `result` with true when something was running. */
export interface KillFrame {
  type: "kill";
  id: number;
  path: string;
  key?: string;
}

export type ClientFrame =
  | HelloFrame
  | AskFrame
  | TellFrame
  | CancelFrame
  | CreditFrame
  | OpenFrame
  | ChunkFrame
  | AckFrame
  | ClientEndFrame
  | DetachFrame
  | PingFrame
  | WatchFrame
  | UnwatchFrame
  | KillFrame;

// ---------------------------------------------------------------- server to client

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
  protocol: typeof subprotocol;
  server: string;
  /** Names this connection in logs and dead letters. */
  session: string;
  admin: boolean;
  /** This connection may send `watch`. */
  watch: boolean;
  exposes: Record<string, ExposedActor>;
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

/** The live tree, as `app.tree()` gives it; the first one after `watch` carries the recent death reports too. */
export interface TreeFrame {
  type: "tree";
  tree: unknown;
  reports?: unknown[];
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
  | EventFrame;

/** Why a socket closes (RFC 6455, section 7.4.1), always with a reason in words. */
export const closeCodes = {
  /** The client is done. */
  normal: 1000,
  /** The server is stopping: reconnect, here or elsewhere. */
  goingAway: 1001,
  /** A frame of the wrong form that has no id to answer to. */
  protocolError: 1002,
  /** A frame that cannot be decoded: not msgpack, not JSON, too deep, too many values. */
  unreadable: 1007,
  /** No token in time, a wrong one, or a reader too slow for its answers. */
  policy: 1008,
  /** A frame over `limits.maxPayload`. */
  tooBig: 1009,
} as const;
