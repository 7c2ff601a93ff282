import type { Chance, Clock } from "../clock.js";
import type { TraceContext } from "../protocol/trace-context.js";
import type { ActorFacts } from "./methods.js";

/** How much there is to do where several members share it. */
export interface Load {
  /** Messages that no member has begun. */
  readonly waiting: number;
  readonly executing: number;
  /** Members that serve. */
  readonly ready: number;
}

/** A circuit breaker's change of state. */
export interface BreakerEvent {
  readonly type: "breaker";
  readonly path: string;
  readonly state: "open" | "half-open" | "closed";
  readonly why: string;
}

/** The span of a call that others stand for. */
export interface CallSpan {
  /** Its calls say so. */
  readonly context: TraceContext;
  /** What was done for it, in numbers and codes. */
  event(name: string, attributes: Readonly<Record<string, string | number>>): void;
  /** Once. @param code of what went wrong */
  end(code: string | undefined): void;
}

/** What decisions about a call may look at: the time and chance of the tree that the callee is in, and what is known of it. */
export interface Sight {
  readonly clock: Clock;
  readonly chance: Chance;
  /** What the callee's class says of its methods; undefined before its first start. */
  readonly facts: ActorFacts | undefined;
  /** Undefined where it has no members. */
  readonly load: Load | undefined;
  /** What it changes outlives the process. */
  readonly durable: boolean;
  /**
   * Begins the span of a call that may be made several times, or not at all. @param given what it belongs to, as its caller says
   * @returns what its calls belong to, sampled or not. Undefined where nothing is traced
   */
  readonly span?: ((name: string, given: TraceContext | undefined) => CallSpan) | undefined;
  /** Tells whoever listens to the tree. */
  tell(event: BreakerEvent): void;
}
