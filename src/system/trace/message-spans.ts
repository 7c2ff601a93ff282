import type { Attributes, Context, Span } from "@opentelemetry/api";
import { isHoldfastError } from "../../errors.js";
import { contextOf } from "../../host/otel-context.js";
import type { HandedTo, MessageTrace } from "../../mailbox/message-trace.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import type { OtelTracing } from "./otel-tracing.js";
import type { TracedMessage } from "./tracing.js";

/** One hand-over of it. */
interface Run {
  readonly span: Span;
  readonly to: HandedTo;
  readonly delivery: number;
  readonly handedAt: number;
  began: number | undefined;
  ended: number | undefined;
}

/**
 * The spans of one message: itself, and in it one for each time that it is with an incarnation, in which its handler's own
 * spans are, wherever it runs.
 *
 *   message ├──────────────────────────────────────────────┤  accepted … settled
 *     run      ├─────────────┤ error, the death's report
 *     run                       ├──────────────────────────┤  handed over … ended
 *       (the handler's own)        ├──────┤ ├──────────┤
 */
export class MessageSpans implements MessageTrace {
  readonly #tracing: OtelTracing;
  readonly #span: Span;
  readonly #parent: Context;
  readonly #message: TracedMessage;
  /** Monotonic ms. */
  readonly #since: number;
  /** Its span is that of the request that it is, and ends with that. */
  readonly #whole: boolean;
  #run: Run | undefined;
  #runs = 0;
  /** Until it was handed over for the first time. */
  #queuedMs: number | undefined;
  #over = false;

  /** @param whole the span is that of a request, which ends it */
  constructor(
    tracing: OtelTracing,
    span: Span,
    parent: Context,
    message: TracedMessage,
    since: number,
    whole: boolean,
  ) {
    this.#tracing = tracing;
    this.#span = span;
    this.#parent = parent;
    this.#message = message;
    this.#since = since;
    this.#whole = whole;
  }

  get context(): TraceContext {
    return contextOf((this.#run?.span ?? this.#span).spanContext());
  }

  handed({ path, incarnation, cell }: HandedTo, now: number): void {
    // It runs once more to rebuild state alone: its outcome was given long ago.
    if (this.#over) return;
    if (this.#run) this.#end(undefined, now, { "holdfast.handed_back": true });
    const { ask, path: asked, method } = this.#message;
    const { SpanKind } = this.#tracing.otel;
    if (this.#runs++ === 0) this.#queuedMs = Math.max(0, now - this.#since);
    const kind = ask ? SpanKind.INTERNAL : SpanKind.CONSUMER;
    const span = this.#tracing.start(`run ${asked}/${method}`, { kind }, this.#ours, now);
    if (!span) return;
    // As it is now: another incarnation may come.
    const to = { path, incarnation, cell };
    this.#run = { span, to, delivery: this.#runs, handedAt: now, began: undefined, ended: undefined };
  }

  within<T>(run: () => T): T {
    const { trace } = this.#tracing.otel;
    return this.#tracing.within(this.#run ? trace.setSpan(this.#parent, this.#run.span) : this.#ours, run);
  }

  ran(began: number, ended: number): void {
    if (!this.#run) return;
    this.#run.began = began;
    this.#run.ended = ended;
  }

  died(cause: string, report: number | undefined, began: number | undefined): void {
    if (this.#over || !this.#run) return;
    this.#run.began = began;
    const now = this.#tracing.clock.now();
    if (began === undefined) {
      this.#end(undefined, now, { "holdfast.handed_back": true });
      return;
    }
    const about: Attributes = { "holdfast.death": cause };
    if (report !== undefined) about["holdfast.report"] = report;
    this.#tracing.event(this.#span, "holdfast.death", about, now);
    this.#end(cause, now, { ...about });
  }

  settled(error: Error | undefined): void {
    if (this.#over) return;
    const now = this.#tracing.clock.now();
    const code = error && (isHoldfastError(error) ? error.code : "Error");
    this.#end(code, now, {});
    this.#over = true;
    const about: Attributes = { "holdfast.deliveries": this.#runs };
    if (this.#queuedMs !== undefined) about["holdfast.queue_ms"] = this.#queuedMs;
    if (!this.#whole) {
      this.#tracing.close(this.#span, now, code, about);
      return;
    }
    about["holdfast.sender"] = this.#message.sender;
    this.#tracing.says(this.#span, about);
  }

  get #ours(): Context {
    return this.#tracing.otel.trace.setSpan(this.#parent, this.#span);
  }

  /** Told at its end: given to a span that begins, each attribute is looked at three times. */
  #tellOf({ to: { path, incarnation, cell }, delivery }: Run, about: Attributes): void {
    about["holdfast.actor"] = path;
    about["holdfast.incarnation"] = incarnation;
    about["holdfast.delivery"] = delivery;
    if (cell) {
      about["holdfast.isolation"] = cell.host.isolation;
      about["holdfast.host"] = cell.host.name;
    }
    if (this.#message.ask) return;
    about["messaging.system"] = "holdfast";
    about["messaging.operation.type"] = "process";
  }

  /** The run that is open is over. @param code of what went wrong */
  #end(code: string | undefined, now: number, about: Attributes): void {
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    const { span, handedAt, began, ended = now } = run;
    this.#tellOf(run, about);
    if (began !== undefined) {
      about["holdfast.host_queue_ms"] = Math.max(0, began - handedAt);
      about["holdfast.run_ms"] = Math.max(0, ended - began);
    }
    this.#tracing.close(span, Math.max(handedAt, ended), code, about);
  }
}
