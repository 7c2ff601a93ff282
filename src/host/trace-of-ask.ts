import type { TraceContext } from "../protocol/trace-context.js";
import type { Running } from "./running.js";
import type { Surroundings } from "./surroundings.js";

/**
 * The trace that an actor's own ask belongs to: the user's span that is active, else the message whose handler had set
 * going what asks, as far as that is known.
 * @param current the message that runs, where it is the only one
 */
export function traceOfAsk(
  { tracing, whoseError }: Surroundings,
  current: () => Running | undefined,
): TraceContext | undefined {
  if (tracing === undefined) return undefined;
  return tracing.active() ?? (whoseError ? whoseError()?.trace : current()?.call.trace);
}
