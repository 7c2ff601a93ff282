import type { App } from "../app.js";
import type { Tracing } from "./tracing.js";

const traced = new WeakMap<object, Tracing>();

/** Remembers what makes a running system's spans. */
export function hasTracing(app: object, tracing: Tracing | undefined): void {
  if (tracing) traced.set(app, tracing);
}

/** What makes the spans of a running system, for its doors; undefined where it is not traced. */
export function tracingOf(app: App<unknown>): Tracing | undefined {
  return traced.get(app);
}
