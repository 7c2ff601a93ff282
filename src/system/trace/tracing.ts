import type { NotedSpan } from "../../actor/note-span.js";
import type { CallSpan } from "../../actor/sight.js";
import type { MessageTrace } from "../../mailbox/message-trace.js";
import type { TraceContext } from "../../protocol/trace-context.js";

/** `trace` of `system()`. */
export interface TraceOptions {
  /**
   * The share of requests and calls from outside actors, 0 to 1, for which a trace is begun where none has begun yet. What is
   * left out is counted past; the sampler of the OpenTelemetry SDK is asked for the rest. Default 1.
   */
  ratio?: number;
}

/** A message, as its span tells of it. */
export interface TracedMessage {
  readonly ask: boolean;
  readonly method: string;
  readonly sender: string;
  /** Of the ref it was sent through. */
  readonly path: string;
}

/** The span of one request at a door. */
export interface RequestSpan {
  readonly context: TraceContext;
  /** Makes the calls that it asks for. */
  within<T>(run: () => T): T;
  /** Makes the one message that it is: that has no span of its own, and says in this one what it would have said there. */
  sends(run: () => void): void;
  /** Once; later calls do nothing. @param code of what went wrong */
  end(code: string | undefined, attributes?: Readonly<Record<string, string | number>>): void;
}

/** What was active before. */
export type Hushed = object | undefined;

/** Makes spans, where they are sampled. Knows nothing of OpenTelemetry: an implementation does. */
export interface Tracing {
  /**
   * Decides whether the message that is being made is sampled; `message` goes on from there. To ask twice in the same turn
   * for one that is taken is to be told the same.
   * @param given the trace that it belongs to, as its caller or its host says
   * @param inner an actor of the same system asks: it begins no trace of its own
   */
  takes(given: TraceContext | undefined, inner: boolean): boolean;
  /** Of one that was taken. @param now monotonic ms @returns undefined: the SDK does not sample it */
  message(message: TracedMessage, now: number): MessageTrace | undefined;
  /** Of a request at a door that was taken, in the same way. @returns undefined: the SDK does not sample it */
  request(name: string, attributes: Readonly<Record<string, string | number>>): RequestSpan | undefined;
  /** Of a call that may be made several times, or not at all: see Sight. */
  call(name: string, given: TraceContext | undefined): CallSpan;
  /** A host says what it has done for sampled messages. */
  noted(span: NotedSpan): void;
  /** For the calls made from here to `unhush`, in this turn, no trace is begun: that was decided before. */
  hush(): Hushed;
  /** @param before what `hush` returned */
  unhush(before: Hushed): void;
  /** Runs what belongs to no trace, whatever is active here. */
  apart<T>(run: () => T): T;
}
