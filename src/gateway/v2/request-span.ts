import type { IncomingHttpHeaders } from "node:http";
import { traceContextOf } from "../../protocol/trace-context.js";
import type { RequestSpan, Tracing } from "../../system/trace/tracing.js";

/** What is told of a request. */
interface Told {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** As it is written in docs: spans are counted by it. */
  readonly route: string;
  readonly model: string;
}

/** The span of an HTTP request, within what its headers say; undefined where that is not sampled. */
export function requestSpan(tracing: Tracing, { method, headers, route, model }: Told): RequestSpan | undefined {
  if (!tracing.takes(traceContextOf(headers.traceparent, headers.tracestate), false)) return undefined;
  return tracing.request(`${method} ${route}`, {
    "http.request.method": method,
    "http.route": route,
    "gen_ai.request.model": model,
  });
}
