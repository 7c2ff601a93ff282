import { context, type HrTime, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import "../actors/context-manager.mjs";
import { expect } from "vitest";
import { until } from "./until.js";

const exporter = new InMemorySpanExporter();
/** Spans that were begun, each as often as it has ended. */
const ends = new Map<string, number>();

trace.setGlobalTracerProvider(
  new BasicTracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor(exporter),
      {
        onStart: (span) => void ends.set(span.spanContext().spanId, 0),
        onEnd: (span) => void ends.set(span.spanContext().spanId, (ends.get(span.spanContext().spanId) ?? -9) + 1),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  }),
);

/** Everything that has ended, but what belongs to the gate. */
export function spans(): ReadableSpan[] {
  return exporter.getFinishedSpans().filter(({ name }) => !name.includes("/gate/"));
}

export function forgetSpans(): void {
  exporter.reset();
  ends.clear();
}

/** Every span that was begun has ended, once. */
export async function allEnded(): Promise<void> {
  await until(() => [...ends.values()].every((times) => times !== 0), "the end of all spans");
  expect([...ends.values()].filter((times) => times !== 1)).toEqual([]);
}

/** One line a span, indented by what it is in: its name, its status where it failed. */
export function spanTree(of: ReadableSpan[] = spans()): string[] {
  const ids = new Set(of.map((span) => span.spanContext().spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    of
      .filter(({ parentSpanContext: above }) =>
        parent === undefined ? !above || !ids.has(above.spanId) : above?.spanId === parent,
      )
      .sort((one, other) => ms(one.startTime) - ms(other.startTime))
      .flatMap((span) => [indent + line(span), ...below(span.spanContext().spanId, `${indent}  `)]);
  return below(undefined, "");
}

function line({ name, status }: ReadableSpan): string {
  return status.code === SpanStatusCode.ERROR ? `${name} ✕ ${status.message}` : name;
}

export function ms([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}

/** Runs in a span of the caller's own, which is not exported. */
export function inSpan<T>(run: () => T, traceFlags = 1): T {
  const own = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, own), run);
}
