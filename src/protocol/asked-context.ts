import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { type TraceContext, traceContextOf } from "./trace-context.js";

type Ask = () => Partial<TraceContext> | undefined;

/**
 * Asks for a trace context so that no call fails of it: what throws, or is none, is none.
 * @throws HoldfastError InvalidSpec for what is no function
 */
export function askedContext(ask: Ask | undefined, field: string): () => TraceContext | undefined {
  if (ask === undefined) return () => undefined;
  if (typeof ask !== "function") {
    const text = `${field}.trace is ${shown(ask)}: give a function that returns { traceparent, tracestate }`;
    throw new HoldfastError("InvalidSpec", text, { details: { field: `${field}.trace` } });
  }
  return () => {
    try {
      const said = ask();
      return traceContextOf(said?.traceparent, said?.tracestate);
    } catch {
      return undefined;
    }
  };
}
