import type { Context, SpanContext } from "@opentelemetry/api";
import type { TraceContext } from "../protocol/trace-context.js";

/** The package itself. */
export type Otel = typeof import("@opentelemetry/api");

/** A span as W3C writes it. */
export function contextOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
  const tracestate = traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/** The context in which a span from elsewhere is the active one. */
export function remoteContext(otel: Otel, { traceparent, tracestate }: TraceContext): Context {
  const [, traceId, spanId, flags] = traceparent.split("-") as [string, string, string, string];
  return otel.trace.setSpanContext(otel.ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & otel.TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate ? { traceState: otel.createTraceState(tracestate) } : {}),
  });
}

/** Whether it is one that is recorded. */
export function isRecorded(otel: Otel, span: SpanContext | undefined): span is SpanContext {
  return span !== undefined && (span.traceFlags & otel.TraceFlags.SAMPLED) !== 0 && otel.isSpanContextValid(span);
}
