import type { Attributes, Context, Span } from "@opentelemetry/api";
import type { CallSpan } from "../../actor/sight.js";
import { contextOf } from "../../host/otel-context.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import type { OtelTracing } from "./otel-tracing.js";
import type { RequestSpan } from "./tracing.js";

/** What several calls may stand for, from its beginning to its answer: a request at a door, a call with policies. */
export class OtelRequestSpan implements RequestSpan, CallSpan {
  readonly #tracing: OtelTracing;
  readonly #span: Span;
  readonly #parent: Context;
  #within: Context | undefined;
  #over = false;

  constructor(tracing: OtelTracing, span: Span, parent: Context) {
    this.#tracing = tracing;
    this.#span = span;
    this.#parent = parent;
  }

  get context(): TraceContext {
    return contextOf(this.#span.spanContext());
  }

  within<T>(run: () => T): T {
    this.#within ??= this.#tracing.otel.trace.setSpan(this.#parent, this.#span);
    return this.#tracing.within(this.#within, run);
  }

  sends(run: () => void): void {
    this.#tracing.sends(this.#span, this.#parent, run);
  }

  event(name: string, attributes: Attributes): void {
    if (!this.#over) this.#tracing.event(this.#span, name, attributes, this.#tracing.clock.now());
  }

  end(code: string | undefined, attributes: Attributes = {}): void {
    if (this.#over) return;
    this.#over = true;
    this.#tracing.close(this.#span, this.#tracing.clock.now(), code, attributes);
  }
}
