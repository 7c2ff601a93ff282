import type { Attributes, Context, HrTime, Span, SpanOptions, Tracer } from "@opentelemetry/api";
import type { NotedSpan } from "../../actor/note-span.js";
import type { CallSpan } from "../../actor/sight.js";
import type { Chance, Clock } from "../../clock.js";
import { messageOf } from "../../errors.js";
import { ActiveContext } from "../../host/active-context.js";
import { isRecorded, type Otel, remoteContext } from "../../host/otel-context.js";
import type { MessageTrace } from "../../mailbox/message-trace.js";
import { isSampled, type TraceContext, traceContextOf, untraced } from "../../protocol/trace-context.js";
import { MessageSpans } from "./message-spans.js";
import { OtelRequestSpan } from "./request-span.js";
import { Sampling } from "./sampling.js";
import type { Hushed, RequestSpan, TracedMessage, TraceOptions, Tracing } from "./tracing.js";

/** The wall clock may differ so much from where it was, ms, before spans follow it: less is its own unsteadiness. */
const STEP_MS = 5;

/** How often that is looked at, ms: two clocks are read for it. */
const LOOK_MS = 100;

/**
 * Spans by OpenTelemetry. What a new one belongs to:
 *
 *   said by its caller or its host ─▶ that
 *   in the midst of a call of ours ─▶ that
 *   an actor's own ask             ─▶ nothing: what it works on is not sampled
 *   a span is active               ─▶ that
 *   otherwise                      ─▶ a trace of its own, for `ratio` of them
 *
 * Whatever is not sampled is followed no further: nothing is made of it, and nothing added to a frame.
 */
export class OtelTracing implements Tracing {
  readonly otel: Otel;
  readonly clock: Clock;
  readonly #tracer: Tracer;
  readonly #active: ActiveContext;
  readonly #sampling: Sampling;
  /** Of the call that is being made, in this very turn; where no context manager is installed it is all there is. */
  #now: Context | undefined;
  /** What the message belongs to that is being made: decided, and not begun yet. */
  #taken: Context | undefined;
  /** Of the request that this message is: it has been begun. */
  #whole: Span | undefined;
  readonly #root: Context;
  /** In which nothing is sampled. */
  readonly #nothing: Context;
  /** Of the wall clock, where the monotonic one is 0. */
  #epoch: number;
  /** When that was looked at, monotonic ms. */
  #lookedAt: number;
  #failed = false;

  constructor(otel: Otel, { ratio = 1 }: TraceOptions, clock: Clock, chance: Chance) {
    this.otel = otel;
    this.clock = clock;
    this.#tracer = otel.trace.getTracer("holdfast");
    this.#active = new ActiveContext(otel);
    this.#sampling = new Sampling(ratio, chance, () => clock.now());
    this.#root = otel.ROOT_CONTEXT;
    this.#nothing = remoteContext(otel, untraced);
    this.#lookedAt = clock.now();
    this.#epoch = clock.wallTime() - this.#lookedAt;
  }

  takes(given: TraceContext | undefined, inner: boolean): boolean {
    if (this.#taken !== undefined) return true;
    if (this.#now === this.#nothing && given === undefined) return false;
    // Most by far: nothing is said, nothing active, and it is not one of those that a trace begins with.
    if (given === undefined && this.#now === undefined && !inner && this.#active.now === this.#root) {
      if (!this.#sampling.takes()) return false;
      this.#taken = this.#root;
      return true;
    }
    this.#taken = this.#parentOf(given, inner);
    return this.#taken !== undefined;
  }

  message(message: TracedMessage, now: number): MessageTrace | undefined {
    const parent = this.#taken;
    const whole = this.#whole;
    this.#taken = undefined;
    this.#whole = undefined;
    if (parent === undefined) return undefined;
    if (whole !== undefined) return new MessageSpans(this, whole, parent, message, now, true);
    const { ask, path, method, sender } = message;
    const { SpanKind } = this.otel;
    const attributes: Attributes = ask
      ? { "holdfast.sender": sender, "rpc.system": "holdfast", "rpc.service": path, "rpc.method": method }
      : {
          "holdfast.sender": sender,
          "messaging.system": "holdfast",
          "messaging.destination.name": path,
          "messaging.operation.name": method,
          "messaging.operation.type": "send",
        };
    const kind = ask ? SpanKind.INTERNAL : SpanKind.PRODUCER;
    const span = this.start(`${path}/${method}`, { kind, attributes }, parent, now);
    return span && new MessageSpans(this, span, parent, message, now, false);
  }

  request(name: string, attributes: Attributes): RequestSpan | undefined {
    const parent = this.#taken;
    this.#taken = undefined;
    if (parent === undefined) return undefined;
    const span = this.start(name, { kind: this.otel.SpanKind.SERVER, attributes }, parent, this.clock.now());
    return span && new OtelRequestSpan(this, span, parent);
  }

  /** Sends the one message that a request is. @param span of the request @param parent what that is in */
  sends(span: Span, parent: Context, run: () => void): void {
    this.#taken = parent;
    this.#whole = span;
    try {
      run();
    } finally {
      // It may have been refused before it was a message.
      this.#taken = undefined;
      this.#whole = undefined;
    }
  }

  call(name: string, given: TraceContext | undefined): CallSpan {
    const parent = this.#parentOf(given, false);
    const options = { kind: this.otel.SpanKind.INTERNAL };
    const span = parent && this.start(name, options, parent, this.clock.now());
    return span ? new OtelRequestSpan(this, span, parent) : notSampled;
  }

  /** Within the first of its messages, and linked to all. */
  noted({ name, began, ended, links, attributes, code }: NotedSpan): void {
    const contexts = links.map((link) => remoteContext(this.otel, link));
    const linked = contexts.map((one) => ({ context: this.otel.trace.getSpanContext(one)! }));
    const span = this.start(name, { attributes, links: linked }, contexts[0]!, began);
    if (span) this.close(span, ended, code, {});
  }

  hush(): Hushed {
    const before = this.#now;
    this.#now = this.#nothing;
    return before;
  }

  unhush(before: Hushed): void {
    this.#now = before as Context | undefined;
  }

  /**
   * @param options its own: its time is written there
   * @param at monotonic ms
   * @returns undefined: the SDK does not sample it, or a sampler or processor of the user's threw: no message fails of that
   */
  start(name: string, options: SpanOptions, parent: Context, at: number): Span | undefined {
    options.startTime = this.time(at);
    try {
      const span = this.#tracer.startSpan(name, options, parent);
      // What is no span has no flag either, and to look at its ids is a part of what a span costs.
      if ((span.spanContext().traceFlags & this.otel.TraceFlags.SAMPLED) !== 0) return span;
      this.close(span, at, undefined, {});
    } catch (error) {
      this.failed(error);
    }
    return undefined;
  }

  /**
   * Says the last of a span and ends it, whatever the user's processors throw.
   * @param at   monotonic ms
   * @param code of what went wrong: no error's text, which may quote what was sent
   */
  close(span: Span, at: number, code: string | undefined, attributes: Attributes): void {
    this.says(span, attributes);
    try {
      if (code !== undefined) {
        span.setAttribute("error.type", code);
        span.setStatus({ code: this.otel.SpanStatusCode.ERROR, message: code });
      }
    } catch (error) {
      this.failed(error);
    }
    try {
      span.end(this.time(at));
    } catch (error) {
      this.failed(error);
    }
  }

  /** What is known of a span by now. */
  says(span: Span, attributes: Attributes): void {
    try {
      span.setAttributes(attributes);
    } catch (error) {
      this.failed(error);
    }
  }

  /** What happens in the midst of a span. */
  event(span: Span, name: string, attributes: Attributes, at: number): void {
    try {
      span.addEvent(name, attributes, this.time(at));
    } catch (error) {
      this.failed(error);
    }
  }

  /** The user's part of tracing threw. Told once: what fails there, fails for each message. */
  failed(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    process.emitWarning(`the OpenTelemetry SDK threw: ${messageOf(error)}`, { code: "HOLDFAST_TRACE" });
  }

  /** Monotonic ms as OpenTelemetry counts. */
  time(at: number): HrTime {
    if (at - this.#lookedAt >= LOOK_MS) this.#look();
    return hrTime(this.#epoch + at);
  }

  /** Runs what belongs to a context, with or without a context manager. */
  within<T>(context: Context, run: () => T): T {
    const before = this.#now;
    this.#now = context;
    try {
      return this.otel.context.with(context, run);
    } finally {
      this.#now = before;
    }
  }

  apart<T>(run: () => T): T {
    if (this.#now === undefined && this.#active.now === this.#root) return run();
    const before = this.#now;
    this.#now = undefined;
    try {
      return this.otel.context.with(this.#root, run);
    } finally {
      this.#now = before;
    }
  }

  /** The wall clock may have been set since. */
  #look(): void {
    this.#lookedAt = this.clock.now();
    const epoch = this.clock.wallTime() - this.#lookedAt;
    if (Math.abs(epoch - this.#epoch) > STEP_MS) this.#epoch = epoch;
  }

  #parentOf(given: TraceContext | undefined, inner: boolean): Context | undefined {
    // It may be what a stranger sent.
    const said = given && traceContextOf(given.traceparent, given.tracestate);
    if (said) return isSampled(said) ? remoteContext(this.otel, said) : undefined;
    if (inner || this.#now === this.#nothing) return undefined;
    const active = this.#now ?? this.#active.now;
    try {
      const span = active === this.#root ? undefined : this.otel.trace.getSpanContext(active);
      if (span !== undefined) return isRecorded(this.otel, span) ? active : undefined;
    } catch (error) {
      this.failed(error);
      return undefined;
    }
    return this.#sampling.takes() ? active : undefined;
  }
}

const notSampled: CallSpan = { context: untraced, event() {}, end() {} };

/** Milliseconds since 1970 in the one form that an SDK cannot mistake for another. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
