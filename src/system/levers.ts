import type { Clock } from "../clock.js";
import type { SystemEvent } from "./events.js";
import type { RecycleRequest } from "./memory/memory-guard.js";
import type { ShedLevel } from "./shedding.js";

/** What a monitor may do to a running system. */
export interface Levers {
  readonly clock: Clock;
  /** It has ended. */
  readonly over: boolean;
  /** Tells whoever listens. */
  emit(event: SystemEvent): void;
  /**
   * Asks the thread or process that holds most memory to start anew, as `memory` of an actor would: one at a time. What came
   * of it is an event.
   * @param threadsOnly processes are not in this one's memory
   * @returns who is on its way; undefined where none can be asked now
   */
  recycleLargest(why: string, threadsOnly: boolean): RecycleRequest | undefined;
  /** Refuses the least important calls, until it is called with 0. @param by who asks: the highest level asked for holds */
  shed(by: object, level: ShedLevel): void;
}

const levers = new WeakMap<object, Levers>();

/** Remembers what may be done to a running system. */
export function hasLevers(app: object, own: Levers): void {
  levers.set(app, own);
}

/** What may be done to a running system; undefined for what is none. */
export function leversOf(app: object): Levers | undefined {
  return levers.get(app);
}
