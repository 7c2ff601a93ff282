import { AsyncLocalStorage } from "node:async_hooks";
import type { TraceContext } from "../protocol/trace-context.js";

/** One incarnation, as far as errors go. */
export interface Incarnation {
  readonly id: number;
  readonly incarnation: number;
  readonly path: string;
  /** It has ended; its successor may be there already. */
  readonly ended: boolean;
}

/** What set something going: a message of an incarnation, or its start. Holds no payload: a socket may keep it for hours. */
export interface Origin {
  readonly of: Incarnation;
  /** The message; 0 for the start. */
  readonly seq: number;
  /** The trace that the message belongs to, where it is sampled. */
  readonly trace?: TraceContext | undefined;
}

const current = new AsyncLocalStorage<Origin>();

/**
 * Calls what belongs to an incarnation; whatever it sets going (timers, promises, I/O) belongs to it too.
 * @param seq the message that the method handles, 0 for none
 */
export function callFor(
  of: Incarnation,
  seq: number,
  method: (...args: never) => unknown,
  self: object,
  args: unknown[],
  trace?: TraceContext,
): unknown {
  return current.run({ of, seq, trace }, applied, method, self, args);
}

/**
 * Whose an error is that nobody caught, asked in the handler of the process's own events. Undefined for what an actor did
 * not set going, and on Node below 24 for a queueMicrotask() callback, which Node forgets.
 */
export function whoseError(): Origin | undefined {
  return current.getStore();
}

function applied(method: (...args: never) => unknown, self: object, args: unknown[]): unknown {
  return Reflect.apply(method, self, args);
}
