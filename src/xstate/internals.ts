import type { AnyActorRef, AnyEventObject } from "xstate";
import { HoldfastError } from "../errors.js";

/** How XState brings an event to an actor of a machine. */
export type Relay = (source: AnyActorRef | undefined, target: AnyActorRef, event: AnyEventObject) => void;

/** XState's own scheduler of delayed events, which ours takes the place of. */
export interface Scheduler {
  schedule(source: AnyActorRef, target: AnyActorRef, event: AnyEventObject, delay: number, id?: string): void;
  cancel(source: AnyActorRef, id: string): void;
  cancelAll(of: AnyActorRef): void;
}

interface Taking {
  inTurn(): boolean;
  readonly timers: Scheduler;
  /** An event that no message brought. */
  strays: Relay;
  /** An actor of the machine is about to start. */
  starts(ref: AnyActorRef): void;
  /** A name for a child that was given none. */
  nextName(): string;
}

export interface Internals {
  readonly relay: Relay;
  take(how: Taking): void;
  stopAll(refs: readonly AnyActorRef[]): void;
}

/** What of an XState system is not in its types. */
interface System {
  _relay: Relay;
  _register(session: string, ref: AnyActorRef): string;
  _bookId(): string;
  scheduler: Scheduler;
}

/**
 * The only file that knows what XState keeps to itself: all events of a system pass one function, and all delayed ones one
 * scheduler. Without them what happens by itself would go past the mailbox, and be lost or doubled by a crash.
 * @throws HoldfastError StartFailed for an XState that is made otherwise
 */
export function internalsOf(root: AnyActorRef): Internals {
  const system = root.system as unknown as System;
  const needs = ["_relay", "_register", "_bookId"] as const;
  const missing = needs.find((name) => typeof system[name] !== "function");
  if (missing || typeof system.scheduler?.schedule !== "function") {
    throw new HoldfastError(
      "StartFailed",
      `this version of xstate has no system.${missing ?? "scheduler"}: install xstate 5.33, which holdfast is made for`,
    );
  }
  const relay: Relay = system._relay.bind(system);
  const register = system._register.bind(system);
  return {
    relay,
    take({ inTurn, timers, strays, starts, nextName }) {
      system._relay = (source, target, event) => (inTurn() ? relay : strays)(source, target, event);
      system._register = (session, ref) => {
        starts(ref);
        return register(session, ref);
      };
      system._bookId = nextName;
      Object.assign(system.scheduler, {
        schedule: timers.schedule.bind(timers),
        cancel: timers.cancel.bind(timers),
        cancelAll: timers.cancelAll.bind(timers),
      });
    },
    stopAll(refs) {
      for (const ref of refs) (ref as unknown as { _stop(): void })._stop();
    },
  };
}
