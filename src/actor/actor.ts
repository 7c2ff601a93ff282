import type { Timer } from "../clock.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import type { Dtype } from "../protocol/dtypes.js";
import { type ActorContext, contextAround, nobodysCall } from "./actor-context.js";
import { type ActorLog, noLog } from "./actor-log.js";
import type { Call } from "./call.js";
import type { ActorSelf, Lifecycle } from "./lifecycle.js";
import type { DeclaredMethod } from "./methods.js";
import type { Notice } from "./notice.js";
import { placeOf } from "./place-of.js";
import type { Spawnable } from "./spawnable.js";
import type { DataOf, TensorLease } from "./tensor-lease.js";

function noSystem(): Promise<never> {
  return Promise.reject(new HoldfastError("Unavailable", "this actor was built by hand: no system is around it"));
}

/** "crash" or "reply". As text: TypeScript widens what a subclass writes there, and the class is checked when it starts. */
type OnThrow = "crash" | "reply" | (string & {});

/**
 * Extend it; your public methods are your protocol. An actor never knows where it runs: the same class works inline,
 * in a worker thread and in a forked process. One message runs at a time (see `static concurrency`).
 *
 * Two-phase start: `static load(props)` makes what is heavy, once per cell, and outlives a rebuilt actor;
 * `start()` makes one actor and is light.
 *
 * @typeParam Props   plain data given in the child spec
 * @typeParam Shared  what `static load` returns; `this.shared`
 * @example
 * export class Counter extends Actor<{ from: number }> {
 *   #n = this.props.from;
 *   add(by: number) { return (this.#n += by); }
 *   snapshot() { return this.#n; }
 *   restore(n: number) { this.#n = n; }
 * }
 */
export abstract class Actor<Props = undefined, Shared = undefined> {
  /** Facts about methods: `{ classify: { idempotent: true, limit: "2s" } }`. */
  static methods?: Record<string, DeclaredMethod>;
  /** How many messages may run at once, up to 1024. Default 1: the next starts when the previous promise settles. */
  static concurrency?: number;
  /** What an error thrown by a handler is. Default "crash": the actor is rebuilt. "reply": only an answer, as in RPC. */
  static onThrow?: OnThrow;

  /**
   * Of the states and events that this class makes; a whole number from 1. Default 1. It is stored with them: raise it when
   * their shape changes, and say in `migrate` and `migrateEvent` what becomes of those that are stored.
   */
  static version?: number;

  readonly #context: ActorContext;

  constructor() {
    this.#context = contextAround();
  }

  get props(): Props {
    return this.#context.props as Props;
  }

  get shared(): Shared {
    return this.#context.shared as Shared;
  }

  /** Path in the tree, key and incarnation. */
  get self(): ActorSelf {
    return this.#context.self;
  }

  /**
   * Fires when the caller of the executing message gave up, its deadline passed, or this incarnation is over. With
   * `concurrency` above 1 only the last: see `this.call`.
   */
  get signal(): AbortSignal {
    return this.#context.signal();
  }

  /**
   * The executing message, for as long as its handler wants to keep it. With `concurrency` above 1 it alone tells one
   * message from those beside it: read it first thing in the handler, before any await; later nobody can say which is meant.
   * @throws HoldfastError Unavailable where that is so, and where no message executes
   * @example
   * class Fetcher extends Actor {
   *   static override concurrency = 8;
   *   async get(url: string): Promise<string> {
   *     const { signal } = this.call;
   *     const response = await fetch(url, { signal });
   *     return await response.text();
   *   }
   * }
   */
  get call(): Call {
    return this.#context.executing?.() ?? nobodysCall;
  }

  /**
   * Whether the caller of the executing message gave up, for a loop that never awaits and so hears of nothing else: in a
   * thread it reads shared memory (nanoseconds), in a process a file (at most once a millisecond). Inline the caller runs
   * in the same thread, and gives up only while the handler awaits. With `concurrency` above 1 nobody can say which message
   * is meant: true then only when this incarnation is over; see `this.call`.
   * @example
   * class Sum extends Actor {
   *   add(numbers: number[]): number {
   *     let sum = 0;
   *     for (const n of numbers) {
   *       if (this.cancelled()) break;
   *       sum += n;
   *     }
   *     return sum;
   *   }
   * }
   */
  cancelled(): boolean {
    return this.#context.cancelled?.() ?? false;
  }

  /**
   * Writes a line into the flight recorder, which death reports show (`report.flight`); also in start(). Kept are its
   * first 120 UTF-16 units, of the last 32 notes of the cell. The words are yours: what you write here is seen by whoever reads the
   * reports.
   */
  note(text: string): void {
    this.#context.note?.(String(text));
  }

  /** Writes to the system's `logger`: `this.log.info({ pages }, "read")`. Never waits or throws: see docs/logs.md. */
  get log(): ActorLog {
    return this.#context.log ?? noLog;
  }

  /**
   * Calls `run` and says that it is native code, until it returns or its promise settles: a report then says "native"
   * instead of "js". Nothing in a thread can interrupt native code, and a thread that is killed meanwhile leaves when it
   * returns (500 ms later at most where it is a promise that is waited for); only a process can be killed in it.
   * @returns what `run` returns
   */
  native<T>(run: () => T): T {
    if (typeof run !== "function") {
      throw new HoldfastError(
        "InvalidValue",
        `this.native() got ${shown(run)}: give it a function that calls the native code`,
      );
    }
    return this.#context.native ? this.#context.native(run) : run();
  }

  /**
   * A timer of this incarnation: cleared when the actor stops or is rebuilt. An error in it,
   * thrown or awaited, is a crash of the actor.
   * @param wait ms, or text such as "2s"
   * @throws HoldfastError InvalidSpec for what is no duration
   */
  after(wait: Duration, callback: () => unknown): Timer {
    return this.#context.after(milliseconds(wait, "the wait of this.after()"), callback);
  }

  /**
   * A tensor to fill, in memory that crosses without a copy: as a result it becomes its caller's, in place; in an ask of
   * another actor it is copied. What is neither sent nor given away is to be released.
   * @param dtype such as "float32"
   * @param shape from the outermost dimension; [] for a scalar
   * @throws HoldfastError InvalidValue for a dtype or shape that is none
   * @example
   * class Ramp extends Actor {
   *   make(size: number) {
   *     const ramp = this.tensor("float32", [size]);
   *     for (let i = 0; i < size; i++) ramp.data[i] = i / size;
   *     return ramp;
   *   }
   * }
   */
  tensor<D extends Dtype>(dtype: D, shape: readonly number[]): TensorLease<DataOf<D>> {
    if (this.#context.tensor) return this.#context.tensor(dtype, shape);
    throw new HoldfastError("Unavailable", "this actor was built by hand: no system is around it");
  }

  /**
   * Something has happened to this event-sourced actor: `apply(event)` runs at once, and the event is kept with the outcome of
   * the executing message. All events of one message count, or none: where its handler throws, the state is as before. A
   * refusal (`throw refuse(…)`) is an answer, and what happened before it counts.
   * @param event a value of docs/values.md, which is copied
   * @throws HoldfastError InvalidValue for what cannot be sent; Unavailable where no message executes, in a class without
   * apply(), and over the bound of events without a snapshot
   * @example
   * class Account extends Actor {
   *   #balance = 0;
   *   deposit(cents: number): number {
   *     this.persist({ deposited: cents });
   *     return this.#balance;
   *   }
   *   apply(event: { deposited: number }): void {
   *     this.#balance += event.deposited;
   *   }
   * }
   */
  persist<Event>(this: { apply: (event: Event) => void }, event: Event): void {
    const actor = this as unknown as Actor<unknown, unknown> & Lifecycle;
    const { persist } = actor.#context;
    if (persist) persist.call(actor.#context, event);
    else actor.apply?.(event as never);
  }

  /**
   * Ends this actor, cleanly: what executes is finished, stop() runs, and its supervisor does what `restart` says. A
   * permanent actor is started again, a transient or temporary one is not (Erlang's exit with reason normal). What it was
   * sent and had not begun waits for the next incarnation, or fails with ActorStopped where there will be none. Not for
   * start(): return `ignore` there.
   */
  stopSelf(): void {
    this.#context.stopSelf?.();
  }

  /**
   * Starts a child of this actor and resolves with its ref when it is ready. The system supervises it, at the path
   * `<this actor's path>/<name>`; it ends with this incarnation, before the next one starts, and with the actor's stop,
   * after its stop() and the last one first. Over its budget it is parked; one that says `overBudget: "escalate"` ends
   * this actor instead.
   * @param name letters, digits, "_", "-" and "."; left out, one is made up
   * @param spec `thread()` or `fork()`; `inline()` only where this actor runs inline itself
   * @throws HoldfastError StartFailed when it cannot start, and nothing of it is left; InvalidSpec for a name that is taken
   * or a spec that cannot travel; Unavailable over `maxChildren`
   * @example
   * class Manager extends Actor<{ module: string }> {
   *   async open(user: string): Promise<void> {
   *     const counter = await this.spawn(user, thread<Counter>(this.props.module, { from: 0 }));
   *     await counter.ask.add(1);
   *   }
   * }
   */
  spawn<R>(name: string, spec: Spawnable<R>): Promise<R>;
  spawn<R>(spec: Spawnable<R>): Promise<R>;
  spawn(...args: [string, Spawnable<unknown>] | [Spawnable<unknown>]): Promise<unknown> {
    const [name, spec] = args.length === 1 ? [undefined, args[0]] : args;
    return this.#context.spawn?.(name, spec) ?? noSystem();
  }

  /**
   * Resolves once: when the incarnation that is there now dies or is stopped, and at once when there is none (Erlang's
   * monitor). Of a pool, a keyed group or a supervisor: when it as a whole has ended. It stays open for ever when this
   * incarnation ends before: go on with `then`, since a handler that awaits it is busy until its limit. Watch again to
   * hear of the next one.
   * @param target a ref, or a path: "app/models"
   * @example
   * class Guard extends Actor<{ digits: Ref<Digits> }> {
   *   async start() {
   *     void this.watch(this.props.digits).then(({ reason, cause }) => console.log(reason, cause));
   *   }
   * }
   */
  async watch(target: { readonly path: string } | string): Promise<Notice> {
    const { path, key } = placeOf(target);
    return (await this.#context.watch?.(path, key)) ?? noSystem();
  }
}

/** The props that an actor takes. */
export type PropsOf<A> = A extends Actor<infer P, infer _S> ? P : never;

/** What a module hands to `thread()` and `fork()`: an Actor subclass, with its optional static hooks. */
export interface ActorClass<A = object, Props = never> {
  new (): A;
  readonly name: string;
  readonly prototype: A;
  methods?: Record<string, DeclaredMethod>;
  concurrency?: number;
  onThrow?: OnThrow;
  load?(props: Props): unknown;
  unload?(shared: never): void | Promise<void>;
  version?: number;
  /**
   * A stored snapshot of an older version, as restore() takes it now. Without it such a one is refused: StateRefused.
   * @param from its version
   */
  migrate?(state: never, from: number): unknown;
  /** The same of one stored event, for apply(). */
  migrateEvent?(event: never, from: number): unknown;
}

const reserved = new Set([
  "constructor",
  "then",
  "start",
  "stop",
  "snapshot",
  "restore",
  "apply",
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Actor.prototype),
]);

/** Names that never travel: lifecycle, inherited ones, `then` (awaiting a ref must not call it), and private ones. */
export function isRemoteName(name: string): boolean {
  return !reserved.has(name) && !name.startsWith("_") && !name.startsWith("#");
}
