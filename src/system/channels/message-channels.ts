import { channel } from "node:diagnostics_channel";
import { isHoldfastError } from "../../errors.js";

/**
 * One message on `holdfast:message:start`, and the same object again on `:end` or `:error`, as with Node's TracingChannel:
 * what a subscriber keeps by it at the start it finds again. Nothing of what the message holds is in it.
 */
export interface MessageOnChannel {
  /** Name of the system. */
  readonly system: string;
  /** Counts the messages told of in this process. */
  readonly id: number;
  readonly kind: "ask" | "tell";
  /** Of the ref it was sent through: an actor, a pool, a keyed group. */
  readonly path: string;
  readonly method: string;
  /** Who sends, as in dead letters. */
  readonly sender: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** W3C trace context that its handler works in, where it is sampled. */
  readonly traceparent: string | undefined;
  /** How often it was handed to an incarnation; more than once: the earlier ones died or were stopped. */
  deliveries: number;
  /** The actor that had it last; undefined until it was handed over. */
  actor: string | undefined;
  incarnation: number | undefined;
  /** "thread 7", "pid 4711", "inline". */
  host: string | undefined;
  /** From its acceptance to its first hand-over, ms. */
  waitedMs: number | undefined;
  /** From its acceptance to its outcome, ms; undefined at the start. */
  tookMs: number | undefined;
  /** The code of the HoldfastError that it ended with, "HandlerFailed" where its handler threw; undefined: it ended well. */
  code: string | undefined;
}

const start = channel("holdfast:message:start");
const end = channel("holdfast:message:end");
const error = channel("holdfast:message:error");

/** Somebody subscribes to messages. Asked for each one. */
export function messagesAreHeard(): boolean {
  return start.hasSubscribers || end.hasSubscribers || error.hasSubscribers;
}

export function messageStarts(message: MessageOnChannel): void {
  start.publish(message);
}

export function messageEnds(message: MessageOnChannel, tookMs: number, failure: Error | undefined): void {
  message.tookMs = tookMs;
  message.code = failure && (isHoldfastError(failure) ? failure.code : "Error");
  (failure ? error : end).publish(message);
}
