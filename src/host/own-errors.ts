import { AsyncLocalStorage } from "node:async_hooks";

/** One incarnation, as far as errors go. */
export interface Incarnation {
  readonly id: number;
  readonly incarnation: number;
  /** It has ended; its successor may be there already. */
  readonly ended: boolean;
}

const current = new AsyncLocalStorage<Incarnation>();

/** Calls what belongs to an incarnation; whatever it sets going (timers, promises, I/O) belongs to it too. */
export function callFor(owner: Incarnation, method: (...args: never) => unknown, self: object, args: unknown[]) {
  return current.run(owner, applied, method, self, args);
}

/**
 * Whose an error is that nobody caught, asked in the handler of the process's own events. Undefined for what an actor did
 * not set going, and on Node below 24 for a queueMicrotask() callback, which Node forgets.
 */
export function whoseError(): Incarnation | undefined {
  return current.getStore();
}

function applied(method: (...args: never) => unknown, self: object, args: unknown[]): unknown {
  return Reflect.apply(method, self, args);
}
