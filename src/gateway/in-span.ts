import type { AskFrame, TellFrame } from "../protocol/frames.js";
import { traceContextOf } from "../protocol/trace-context.js";
import type { RequestSpan, Tracing } from "../system/trace/tracing.js";

/** The span of a frame that calls something; undefined where it is not sampled, or nothing is traced. */
export function spanOf(tracing: Tracing | undefined, frame: AskFrame | TellFrame): RequestSpan | undefined {
  if (tracing === undefined) return undefined;
  const { traceparent } = frame;
  const given = traceparent === undefined ? undefined : traceContextOf(traceparent, frame.tracestate);
  if (!tracing.takes(given, false)) return undefined;
  const { to, method, type } = frame;
  return tracing.request(`${to}/${method}`, {
    "rpc.system": "holdfast",
    "rpc.service": to,
    "rpc.method": method,
    "network.protocol.name": "websocket",
    "holdfast.frame": type,
  });
}

/** Calls what a request asks for, in its span; or in none, so that no other is begun for it further on. */
export function inSpan(tracing: Tracing | undefined, span: RequestSpan | undefined, run: () => void): void {
  if (span) span.within(run);
  else if (tracing) hushed(tracing, run);
  else run();
}

function hushed(tracing: Tracing, run: () => void): void {
  const before = tracing.hush();
  try {
    run();
  } finally {
    tracing.unhush(before);
  }
}
