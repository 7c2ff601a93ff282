import type { Context, Span } from "@opentelemetry/api";
import { isHoldfastError } from "../../errors.js";
import { contextOf } from "../../host/otel-context.js";
import type { HandedTo, MessageTrace } from "../../mailbox/message-trace.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import type { OtelTracing } from "./otel-tracing.js";
import type { TracedMessage } from "./tracing.js";

/** One hand-over of it. */
interface Run {
  readonly span: Span;
  readonly context: TraceContext;
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
  readonly #own: TraceContext;
  readonly #message: TracedMessage & { readonly since: number };
  #run: Run | undefined;
  #runs = 0;
  /** Until it was handed over for the first time. */
  #queuedMs: number | undefined;
  #over = false;

  constructor(tracing: OtelTracing, span: Span, parent: Context, message: TracedMessage & { readonly since: number }) {
    this.#tracing = tracing;
    this.#span = span;
    this.#parent = parent;
    this.#own = contextOf(span.spanContext());
    this.#message = message;
  }

  get context(): TraceContext {
    return this.#run?.context ?? this.#own;
  }

  handed({ path, incarnation, cell }: HandedTo, now: number): void {
    // It runs once more to rebuild state alone: its outcome was given long ago.
    if (this.#over) return;
    this.#end(undefined, now, { "holdfast.handed_back": true });
    const { message, otel } = { message: this.#message, otel: this.#tracing.otel };
    if (this.#runs++ === 0) this.#queuedMs = Math.max(0, now - message.since);
    const options = {
      kind: message.ask ? otel.SpanKind.INTERNAL : otel.SpanKind.CONSUMER,
      attributes: {
        "holdfast.actor": path,
        "holdfast.incarnation": incarnation,
        "holdfast.delivery": this.#runs,
        ...(cell ? { "holdfast.isolation": cell.host.isolation, "holdfast.host": cell.host.name } : {}),
        ...(message.ask ? {} : { "messaging.system": "holdfast", "messaging.operation.type": "process" }),
      },
    };
    const span = this.#tracing.start(`run ${message.path}/${message.method}`, options, this.#ours, now);
    if (span)
      this.#run = { span, context: contextOf(span.spanContext()), handedAt: now, began: undefined, ended: undefined };
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
    const about = { "holdfast.death": cause, ...(report === undefined ? {} : { "holdfast.report": report }) };
    this.#tracing.event(this.#span, "holdfast.death", about, now);
    this.#end(cause, now, about);
  }

  settled(error: Error | undefined): void {
    if (this.#over) return;
    const now = this.#tracing.clock.now();
    const code = error && (isHoldfastError(error) ? error.code : "Error");
    this.#end(code, now, {});
    this.#over = true;
    const queued = this.#queuedMs === undefined ? {} : { "holdfast.queue_ms": this.#queuedMs };
    this.#tracing.close(this.#span, now, code, { ...queued, "holdfast.deliveries": this.#runs });
  }

  get #ours(): Context {
    return this.#tracing.otel.trace.setSpan(this.#parent, this.#span);
  }

  /** The run that is open is over. @param code of what went wrong */
  #end(code: string | undefined, now: number, attributes: Record<string, string | number | boolean>): void {
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    const { span, handedAt, began, ended = now } = run;
    const times =
      began === undefined
        ? {}
        : {
            "holdfast.host_queue_ms": Math.max(0, began - handedAt),
            "holdfast.run_ms": Math.max(0, ended - began),
          };
    this.#tracing.close(span, Math.max(handedAt, ended), code, { ...attributes, ...times });
  }
}
