import type { ActorFacts } from "../actor/methods.js";
import type { Notice } from "../actor/notice.js";
import type { KeyedRef } from "../actor/ref.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import type { Duration } from "../duration.js";
import type { AuditEntry } from "./audit.js";
import type { DrainOptions, HangOptions } from "./controls.js";
import type { DeathReport } from "./death/report.js";
import type { Listener } from "./events.js";
import type { DeadLetters } from "./letters/dead-letters.js";
import type { SystemStats } from "./stats.js";
import type { ChildCount, ChildInfo } from "./supervisor/child-info.js";
import type { TreeNode } from "./tree.js";
import type { ChildSpec } from "./unit.js";

/** A running system: what `await system(tree)` gives. */
export interface App<Refs = Record<string, KeyedRef<unknown>>> {
  /** Refs of the root's children by name, typed from the tree. */
  readonly refs: Refs;
  /** A ref by path below the root ("digits", "models/speech"), untyped; undefined where nothing is. */
  ref(path: string): KeyedRef<unknown> | undefined;
  /**
   * What the class of the actor at a path says of its methods; of a pool, of its members; of a keyed group, of its cells.
   * Undefined before its first start, for a supervisor, and where nothing is.
   */
  facts(path: string): ActorFacts | undefined;
  /** What is alive now, as data; `treeText(app.tree())` draws it. */
  tree(): TreeNode;
  /**
   * Kills what runs at a path as a fault would (a thread is terminated, a process gets SIGKILL). For operators, tests
   * and chaos runs. For a keyed group give `key` to kill the cell of that key.
   * @returns whether something was running there
   */
  kill(path: string, options?: { key?: string; by?: string }): boolean;
  /**
   * A child more below a supervisor, while it runs.
   * @param path of the supervisor; "" is the root
   * @param name unique among its siblings
   * @returns its ref, when it is up
   * @throws HoldfastError StartFailed, and nothing is left of it; InvalidSpec: the name is taken, or a field of the spec
   * cannot be what it is; Unavailable: the supervisor is down, or full; Draining: the system stops
   * @example const digits = await app.add("models", "digits", thread<Digits>(url, { model }))
   */
  add<R>(path: string, name: string, spec: ChildSpec<R>): Promise<R>;
  /**
   * Stops a child and leaves it down until `restart`; mail is refused meanwhile. Resolves when it is down, or was: somebody
   * may have it started again. A temporary child, and one of a dynamic supervisor, is forgotten instead.
   */
  terminate(path: string): Promise<void>;
  /** Stops a child if need be and forgets it, its name is free again. Resolves when it is gone. */
  remove(path: string): Promise<void>;
  /** The children of a supervisor, in start order. @param path default "": the root's */
  children(path?: string): ChildInfo[];
  /**
   * One child as its supervisor lists it; undefined where nothing is.
   * @throws HoldfastError InvalidSpec for what is part of one unit: a pool's member, a child that an actor spawned
   */
  child(path: string): ChildInfo | undefined;
  /** How many children a supervisor has, and how many of them are there. @param path default "": the root's */
  count(path?: string): ChildCount;
  /**
   * Stops what runs at a path and starts it again, it alone; what was quarantined too. Its budget begins anew.
   * @returns when it runs again; rejects when it is parked, stopped or removed instead
   */
  restart(path: string): Promise<void>;
  /**
   * Keeps new mail away from an actor, a pool or one member of it, a keyed group, or all below a supervisor: what it has it finishes,
   * what is new is refused with Unavailable, or goes to the pool's other members. Until `resume`, over restarts too.
   * @param options.within how long to wait for what it has. Default 10 s
   * @returns whether it has finished by then; it is drained in any case
   * @throws HoldfastError InvalidSpec where nothing is, and for what is part of a keyed group; Draining: the system stops
   * @example if (await app.drain("digits/2")) await app.restart("digits/2")
   */
  drain(path: string, options?: DrainOptions): Promise<boolean>;
  /** Lets mail come to it again. @returns whether it was drained */
  resume(path: string): boolean;
  /**
   * Blocks the event loop of a thread or process, as a handler that never returns would: to see that its limits end it. A handler
   * that executes is ended by its own limit; where none does, what is sent next by that message's.
   * @param options.for ms or text, default 5 min, at most 1 h: then it goes on by itself
   * @returns whether something was running there
   * @throws HoldfastError InvalidSpec for what runs inline, since the whole program would hang, and for what is no actor
   */
  hang(path: string, options?: HangOptions): boolean;
  /**
   * Holds a pool at so many members, or a keyed group at so many cells, until "auto" gives the number back to its rule.
   * The same as `resize` of its ref, by path.
   * @throws HoldfastError InvalidValue for what is no whole number within its bounds; InvalidSpec where nothing has members
   */
  resize(path: string, to: number | "auto"): Promise<void>;
  /** Ends one actor of a keyed group and forgets its state; what is stored of it stays (see `forget`). @throws HoldfastError InvalidValue for what has no keys */
  release(path: string, key: string): Promise<void>;
  /**
   * Forgets what is stored of a durable actor, which begins anew, with the mail that waits for it; of one that is not there any
   * more too. A key that is released, and a child that is removed, is stored until then.
   * @param key of a keyed group
   * @returns when it is durable that nothing is stored
   * @throws HoldfastError InvalidSpec where nothing is, and nothing is stored; StoreFailed, and nothing is forgotten
   * @example await app.forget("accounts", "ada")
   */
  forget(path: string, key?: string): Promise<void>;
  /**
   * A tensor to fill and to send without a copy: in shared memory, of which a system hands out 64 MiB; beyond that in
   * ordinary memory, which is copied when sent. When the ask settles it is the caller's again: fill and send it anew, or
   * `release()` it.
   * @param dtype such as "float32"
   * @param shape from the outermost dimension; [] for a scalar
   * @throws HoldfastError InvalidValue for a dtype or shape that is none
   * @example
   * using image = app.tensor("float32", [1, 28, 28]);
   * image.data.set(pixels);
   */
  readonly tensor: MakeTensor;
  /**
   * What has been counted since the start, unit by unit, as plain data; made at the call. It holds no rates: take it twice,
   * and divide by the difference of `uptimeMs`.
   * @example
   * const { units } = app.stats();
   * console.log(units.find(({ path }) => path === "app/digits")?.answered);
   */
  stats(): SystemStats;
  /**
   * Has the times of asks taken until what it returns is called: `latency` in `stats()`. A clock is read twice for each
   * ask while anybody wants it, and never else.
   * @returns how to let go; once is enough
   * @example
   * const release = app.measure();
   */
  measure(): () => void;
  /** Messages that nobody has handled: looked at, sent again, discarded. */
  readonly deadLetters: DeadLetters;
  /** The most recent death reports, newest last (at most 200 are kept). */
  reports(): readonly DeathReport[];
  /** What operators have done over connections, and what they were refused, newest last (at most 1000 are kept). */
  audits(): readonly AuditEntry[];
  /**
   * Tells once when what is there now dies or is stopped, and at once when nothing is (Erlang's monitor). Of a pool, a
   * keyed group or a supervisor: when it as a whole has ended. Watch again to hear of the next incarnation.
   * @param target a ref (for one key, `ref.key("…")`) or a path
   * @returns how to end the watch
   * @example
   * const end = app.watch("digits", ({ reason, cause }) => console.log(reason, cause));
   * end();
   */
  watch(target: { readonly path: string } | string, listener: (notice: Notice) => void): () => void;
  subscribe(listener: Listener): () => void;
  /** Resolves when every child is ready (at once unless started in the background). */
  ready(): Promise<void>;
  /**
   * Resolves when the system has ended: with undefined when it was stopped or has ended cleanly, with the error when it gave
   * up. Where nobody has asked for it, a process warning (HOLDFAST_GAVE_UP) tells of a giving up.
   */
  readonly ended: Promise<Error | undefined>;
  /**
   * Takes nothing new, finishes what is queued within `drain` (default 10 s), stops in reverse order within each child's
   * shutdown time. A second call hurries the first: it waits no longer than its own drain, and with `drain: 0` what still
   * executes is ended by force.
   */
  stop(options?: { drain?: Duration }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
