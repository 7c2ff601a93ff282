import { type ErrorCode, isRetryable } from "./errors.js";

const meanings: Readonly<Record<ErrorCode, string>> = {
  // the caller's own message
  InvalidValue: "an argument or result cannot be sent (a function, a class instance …)",
  UnknownMethod: "the actor has no public method of that name",
  UnknownModel: "no model of that name, or no such version of it",
  Refused: "the handler refused the message with refuse(): a reply, not a crash",
  Cancelled: "the caller's signal fired",
  Deadlock: "actors wait for each other in a circle (told in development alone)",
  Timeout: "the deadline passed; retryable when the message had not started",
  TensorMisused: "a tensor from tensor() was used while it was lent, or after its release",
  // the mailbox
  MailboxFull: "the mailbox is at its bound of messages or bytes",
  Dropped: "a newer message took this one's place (overflow: drop-oldest)",
  Overloaded: "it could not be answered in time, or a message of higher priority took its place: refused, not started",
  // the actor and its host
  HandlerFailed: "the handler threw; the actor was rebuilt, this message has run",
  ActorDied: "the host died while this message was executing, or before its answer was out; it may have taken effect",
  PoisonedMessage: "this message was executing at two deaths and is not tried again",
  StreamBroken: "an output stream ended early; details.delivered values had arrived",
  StartFailed: "the actor could not start: module, load(), start() or its time limit",
  Unavailable: "nobody can take the message now: quarantined, no room for the key, no member",
  NoQuorum: "too few of the members that were asked said the same",
  BreakerOpen: "a circuit breaker lets no calls through: too many have failed or were slow",
  ActorStopped: "the actor was stopped before the message started",
  GaveUp: "a supervisor used up its restart budget and ended",
  // what is stored
  StoreFailed: "it could not be made durable (disk full, read-only …): the actor goes on from the state before it",
  StoreInUse: "another process has the store open; details.pid is its owner",
  StoreDamaged: "what is stored is damaged, of a newer format, or needs another key",
  StateRefused: "the stored state is of another shape or version, and nothing migrates it",
  // configuration
  InvalidSpec: "a field of a child spec or option has a value it cannot have",
  MissingPeer: "an optional package is not installed",
  // the wire
  BadFrame: "a frame is not of the protocol's form",
  PayloadTooLarge: "a frame is over the gateway's limit",
  Unauthorized: "no token, a wrong token, or a token without that right",
  NotExposed: "the configuration does not expose that actor or method",
  TooManyInFlight: "this connection has as many unanswered asks as it may have",
  Draining: "the server is stopping and takes no new work",
  ConnectionLost: "the connection closed before the answer; it may have taken effect",
  StreamLost: "the server no longer has this stream's state",
};

/** Every code with its default retry advice and meaning. Documentation and tests read this. */
export const errorTable = Object.fromEntries(
  Object.entries(meanings).map(([code, meaning]) => [code, { retryable: isRetryable(code as ErrorCode), meaning }]),
) as Readonly<Record<ErrorCode, { readonly retryable: boolean; readonly meaning: string }>>;
