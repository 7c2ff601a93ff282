import type { TraceContext } from "../protocol/trace-context.js";
import { ActiveContext } from "./active-context.js";
import { contextOf, isRecorded, type Otel, remoteContext } from "./otel-context.js";

/** What a host knows of OpenTelemetry. */
export interface HostTracing {
  /** Nothing has to be made active for a handler: nothing can be, or nothing is and it has no context. */
  plain(trace: TraceContext | undefined): boolean;
  /** Runs a handler in its message's context; in none where that is not sampled, whatever is active here. */
  run<T>(trace: TraceContext | undefined, run: () => T): T;
  /** The span that is active where this is called: a user's own; undefined where none is, or it is not sampled. */
  active(): TraceContext | undefined;
}

/** Where the package is not installed for the host, the context is passed on as text alone. */
const textAlone: HostTracing = { plain: () => true, run: (_, run) => run(), active: () => undefined };

/** Has no part in whether a host starts: what cannot be loaded is not there. */
export async function openHostTracing(): Promise<HostTracing> {
  try {
    return tracingWith(await import("@opentelemetry/api"));
  } catch {
    return textAlone;
  }
}

function tracingWith(otel: Otel): HostTracing {
  const { context, trace: spans, ROOT_CONTEXT } = otel;
  const active = new ActiveContext(otel);
  return {
    plain: (trace) => !active.managed || (trace === undefined && active.now === ROOT_CONTEXT),
    run(trace, run) {
      if (trace !== undefined) return context.with(remoteContext(otel, trace), run);
      return context.with(ROOT_CONTEXT, run);
    },
    active() {
      const span = active.now === ROOT_CONTEXT ? undefined : spans.getSpanContext(active.now);
      return isRecorded(otel, span) ? contextOf(span) : undefined;
    },
  };
}
