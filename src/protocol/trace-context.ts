/** W3C trace context, as it crosses a border: fit to be spread into the headers of an HTTP request. */
export interface TraceContext {
  /** "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": version, trace, span, flags. */
  readonly traceparent: string;
  /** What vendors add, as they wrote it. */
  readonly tracestate?: string | undefined;
}

/** What a peer may send of tracestate at most, characters: W3C asks for 512 at least. Longer ones are left out. */
const MOST_STATE = 512;

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/**
 * Reads what somebody else sent. What is no trace context is none, as W3C has it: tracing never fails a call.
 * @returns undefined where there is none
 */
export function traceContextOf(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== "string" || traceparent.length > 128 || !form.test(traceparent)) return undefined;
  const fits = typeof tracestate === "string" && tracestate.length > 0 && tracestate.length <= MOST_STATE;
  return fits ? { traceparent, tracestate } : { traceparent };
}

/** Whether who sent it records the trace. */
export function isSampled({ traceparent }: TraceContext): boolean {
  return (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
}

/** Of what was decided not to be sampled: no trace is begun for it further on. */
export const untraced: TraceContext = { traceparent: `00-${"f".repeat(32)}-${"f".repeat(16)}-00` };
