import type { AnyActorLogic, EmittedFrom, EventFromLogic, InputFrom, SnapshotFrom } from "xstate";
import type { Ref } from "../actor/ref.js";
import type { ActorOptions } from "../system/specs.js";

/** What of a snapshot is plain data. */
type Plain = "status" | "value" | "context" | "output" | "tags";

type PlainOf<S> = S extends unknown ? { readonly [K in Extract<keyof S, Plain>]: S[K] } : never;

/**
 * The state of a machine as it is told: XState's snapshot without its methods. `status` is "active" or "done"; a machine has
 * `value`, `context`, `tags`, and `output` when it is done. Actors in the context are told as `{ xstate$$type, id }`.
 */
export type MachineState<L extends AnyActorLogic> = PlainOf<SnapshotFrom<L>>;

/** What the ref of a machine can do: `ref.ask.send(event)`, `ref.tell.send(event)`, `ref.ask.getSnapshot()`. */
export interface Machine<L extends AnyActorLogic> {
  /**
   * Takes one event, to the end of all that follows from it at once.
   * @returns the state after it; with durability it is stored by then
   * @throws HoldfastError Refused for what is no event, or has a name of XState's own
   */
  send(event: EventFromLogic<L>): MachineState<L>;
  /** @returns the state now; with durability it is stored by then */
  getSnapshot(): MachineState<L>;
  /** Whether an event would change anything. @throws HoldfastError Refused for logic that is no state machine */
  can(event: EventFromLogic<L>): boolean;
}

/** Who hears what a machine emits: an actor with a method `emitted`. */
export interface Emitted<E> {
  emitted(event: E): unknown;
}

interface OwnOptions<L extends AnyActorLogic> {
  /** Told each event that the machine emits, at least once; never told those of its children. */
  emits?: Ref<Emitted<EmittedFrom<L>>>;
  /**
   * What a machine does that has come to its end: "stay" (default) and answer its output to whoever asks, or "stop": end
   * its actor, cleanly.
   */
  whenDone?: "stay" | "stop";
}

type Input<L> = undefined extends InputFrom<L> ? { input?: InputFrom<L> } : { input: InputFrom<L> };

/** Turns the state that another version stored into one of this version. */
export type Migrate = (stored: MigratedState, from: string | number | undefined) => MigratedState;

/** A stored state as a migration sees and gives it: XState's persisted snapshot. */
export interface MigratedState {
  readonly status: "active" | "done" | "error" | "stopped";
  readonly value?: unknown;
  readonly context?: unknown;
  readonly [part: string]: unknown;
}

/** Of logic that is handed over itself, and runs in this thread. */
export type InlineMachineOptions<L extends AnyActorLogic> = Input<L> &
  OwnOptions<L> &
  Omit<ActorOptions, "export" | "snapshotEvery"> & {
    isolation?: "inline";
    /** Of the machine; default: its config's `version`. A stored state of another one needs `migrate`. */
    version?: string | number;
    migrate?: Migrate;
  };

/** Of a module. Its exports `version` and `migrate` are what they are in InlineMachineOptions. */
export type MachineOptions<L extends AnyActorLogic> = Input<L> &
  OwnOptions<L> &
  Omit<ActorOptions, "snapshotEvery"> & {
    /** Default "thread". */
    isolation?: "inline" | "thread" | "fork";
  };
