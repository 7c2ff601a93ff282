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

export type {
  AckFrame,
  ActFrame,
  AskFrame,
  CancelFrame,
  ChunkFrame,
  ClientEndFrame,
  ClientFrame,
  CreditFrame,
  DetachFrame,
  EventsFrame,
  HelloFrame,
  HistoryFrame,
  KillFrame,
  OpenFrame,
  PingFrame,
  ResizeFrame,
  TellFrame,
  UnwatchFrame,
  WatchFrame,
} from "./client-frames.js";
export type {
  DrainFrame,
  ErrorFrame,
  EventFrame,
  ExposedActor,
  ExposedMethod,
  MediaHint,
  OpenedFrame,
  PartFrame,
  PongFrame,
  ResultFrame,
  SafeFrame,
  ServerEndFrame,
  ServerFrame,
  StatsFrame,
  TreeDiffFrame,
  TreeFrame,
  WelcomeFrame,
  WireError,
  WireLimits,
  WireTreeChange,
} from "./server-frames.js";

/** The WebSocket subprotocol: msgpack in binary frames. Without a subprotocol the server begins in the JSON twin. */
export const subprotocol = "holdfast.v1";

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
