import type { TraceContext } from "../protocol/trace-context.js";

/** Work that was done for several messages at once, for whoever draws traces. */
export interface NotedSpan {
  /** "batch". */
  readonly name: string;
  /** Monotonic ms. */
  readonly began: number;
  readonly ended: number;
  /** The messages it was done for, those that are sampled; at least one. */
  readonly links: readonly TraceContext[];
  /** Sizes; nothing of what was in them. */
  readonly attributes: Readonly<Record<string, number>>;
  /** Of what went wrong. */
  readonly code: string | undefined;
}

/** By Symbol.for: a host and what an actor imports are two copies of the package. */
export const noteSpan: unique symbol = Symbol.for("holdfast.note-span") as never;

/** `this.call` of a sampled message. */
export interface NotesSpans {
  /** Tells the parent, which makes the span: here is perhaps nobody who could. */
  readonly [noteSpan]?: (span: NotedSpan) => void;
}
