import type { Priority } from "./priority.js";

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
  /** What starts first where messages wait. Default "normal". */
  priority?: Priority;
  /** For a method that answers with a stream: how many parts may come before `credit` is sent. Default streamWindow. */
  credit?: number;
  /** W3C trace context of the caller; what is none is ignored. */
  traceparent?: string;
  tracestate?: string;
}

/** A call without an answer. Only a tell that may not be made at all is answered, by an `error` without id. */
export interface TellFrame {
  type: "tell";
  to: string;
  key?: string;
  method: string;
  args: unknown[];
  priority?: Priority;
  /** W3C trace context of the caller; what is none is ignored. */
  traceparent?: string;
  tracestate?: string;
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
  /** W3C trace context that every chunk belongs to; what is none is ignored. */
  traceparent?: string;
  tracestate?: string;
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
  /** This client reads `tree-diff`: the whole tree comes only where it has to. Default false. */
  diffs?: boolean;
  /** What the system has counted, once a second. Default false. */
  stats?: boolean;
  /** This connection watches already and has followed every diff: only what it does not have comes. Default false. */
  following?: boolean;
}

export interface UnwatchFrame {
  type: "unwatch";
}

/** Asks for the last minutes of one unit. Answered by `result`, with null where nothing is kept of it, or `error`. */
export interface HistoryFrame {
  type: "history";
  id: number;
  /** As in the tree; the root's name may be left out. */
  path: string;
  /** Milliseconds since 1970. Default: all that is kept, ten minutes. */
  since?: number;
}

/** Asks for the events of the last hour. Answered by `result` or `error`. */
export interface EventsFrame {
  type: "events";
  id: number;
  /** Milliseconds since 1970. Default: all that are kept, an hour at most. */
  since?: number;
  /** "report", "scaled", … Default: all. */
  types?: string[];
  /** Of what is at this path and below it. Default: all. */
  path?: string;
  /** The latest so many. Default and most: 1000. */
  limit?: number;
}

/** Admin: kills what runs at a path, as a fault would. Answered by `result` with true when something was running. */
export interface KillFrame {
  type: "kill";
  id: number;
  path: string;
  key?: string;
}

/** Admin: members of a pool (cells of a keyed group), or "auto" for its rule. Answered by `result` with true once it has them. */
export interface ResizeFrame {
  type: "resize";
  id: number;
  path: string;
  size: number | "auto";
}

/**
 * Admin: one of the acts that docs/protocol.md lists, "restart" or "drain". `on` is what it is done to, a path or a model; `with` are its
 * options. Answered by `result` with what the act gives.
 */
export interface ActFrame {
  type: "act";
  id: number;
  act: string;
  on?: string;
  key?: string;
  with?: Readonly<Record<string, unknown>>;
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
  | HistoryFrame
  | EventsFrame
  | KillFrame
  | ResizeFrame
  | ActFrame;
