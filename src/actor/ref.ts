import type { Duration } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import type { Priority } from "../protocol/priority.js";
import type { TraceContext } from "../protocol/trace-context.js";
import type { Actor } from "./actor.js";
import { checkKey, checkPriority, checkSignal } from "./check-options.js";
import type { ActorSelf, Lifecycle } from "./lifecycle.js";
import type { Send } from "./send.js";
import type { Sight } from "./sight.js";

/** Options of one call, or of a ref kept with them: `ref.with({ timeout: 100 })`. */
export interface CallOptions {
  /** How long the caller waits. Default 30 s; `Infinity` only when written. */
  timeout?: Duration;
  /** Aborting it gives the call up: queued work leaves the queue, an executing handler sees `this.signal`. */
  signal?: AbortSignal;
  /** Which actor of a keyed group. */
  key?: string;
  /** The caller declares that running the message twice does no harm, whatever the class says. */
  idempotent?: boolean;
  /** Who sends, for dead letters. Default "app". */
  sender?: string;
  /**
   * What starts first where messages wait for the same actor or pool; a higher one takes the place of a lower one where the
   * mailbox is full. Order per sender holds within one priority. Default "normal".
   */
  priority?: Priority;
  /** The trace that it belongs to, where no active span says so: what came with a request, or `this.call.trace`. */
  trace?: TraceContext;
}

type IsAny<T> = 0 extends 1 & T ? true : false;

/** Names that are not part of an actor's protocol. */
type NotRemote = keyof Actor<unknown, unknown> | keyof Lifecycle | `_${string}` | "then" | "constructor";

/** The method names callers may use. */
export type MethodNames<A> = {
  [K in keyof A]: K extends NotRemote
    ? never
    : K extends string
      ? A[K] extends (...args: never) => unknown
        ? K
        : never
      : never;
}[keyof A];

/**
 * The result is looked at before the signature: a method that returns a promise keeps its own, so that generic and
 * overloaded ones survive. (Asking whether `<T>(value: T) => T` returns a promise would choose T to be one, and say yes.)
 */
type AskMethod<M> =
  IsAny<M> extends true
    ? (...args: unknown[]) => Promise<unknown>
    : M extends (...args: infer P) => infer R
      ? IsAny<R> extends true
        ? (...args: P) => Promise<unknown>
        : [R] extends [never]
          ? (...args: P) => Promise<never>
          : [R] extends [Promise<unknown>]
            ? M
            : [R] extends [AsyncIterable<infer V> | Iterator<infer V>]
              ? (...args: P) => AsyncIterable<V>
              : (...args: P) => Promise<Awaited<R>>
      : never;

type TellMethod<M> = M extends (...args: infer P) => unknown ? (...args: P) => boolean : never;

/** Calls that are answered: each settles exactly once, with the value or a HoldfastError. */
export type Ask<A> = { readonly [K in MethodNames<A>]: AskMethod<A[K]> };

/** Calls without an answer. They return whether the message was accepted; a refused or lost one is a dead letter. */
export type Tell<A> = { readonly [K in MethodNames<A>]: TellMethod<A[K]> };

/** The handle by which anyone reaches an actor, a pool or a keyed group, wherever it runs. It outlives restarts. */
export interface Ref<A> {
  readonly ask: Ask<A>;
  readonly tell: Tell<A>;
  /** The same ref with options that apply to every call made through it. */
  with(options: CallOptions): Ref<A>;
  readonly path: string;
}

/** A ref to a group of actors, one per key. */
export interface KeyedRef<A> extends Ref<A> {
  /** The actor of this key; started on its first message. */
  key(key: string): Ref<A>;
  with(options: CallOptions): KeyedRef<A>;
}

/** What has as many members as it is told to have, or as its rule wants. */
export interface Resizable {
  /**
   * Holds so many members (of a keyed group: cells) from now on; "auto" gives the number back to the rule. What leaves
   * finishes what it executes, and what waited before it goes to the others.
   * @returns when those that come are up, or are parked since they cannot start; and those that go have gone or only wait
   * for their work to end
   * @throws HoldfastError InvalidValue for what is no whole number within its bounds
   */
  resize(to: number | "auto"): Promise<void>;
}

/** A ref to a pool. */
export interface PoolRef<A> extends Ref<A>, Resizable {}

/** A ref to a keyed group. */
export interface KeyedGroupRef<A> extends KeyedRef<A>, Resizable {}

export type { ActorSelf };

/** One running system: two may have the same name. */
export interface SystemIdentity {
  readonly name: string;
}

/** What a ref sends through: the parent's tree, or the wire back to it from inside a host. */
export interface Target {
  readonly path: string;
  /** Whose tree the path is in; undefined inside a host, and for `refTo`: the tree of whoever gets it. */
  readonly system?: SystemIdentity | undefined;
  ask(method: string, args: unknown[], options: CallOptions): Promise<unknown>;
  tell(method: string, args: unknown[], options: CallOptions): boolean;
  /** What `ask` is for all calls of one method with the same options. */
  asker?(method: string, options: CallOptions): (...args: unknown[]) => Promise<unknown>;
  /** The same of `tell`. */
  teller?(method: string, options: CallOptions): (...args: unknown[]) => boolean;
  /**
   * For who asks in great numbers and needs no promise for each: `ask` without one. Undefined while it is not known, or not
   * so, that the method answers once.
   */
  sender?(method: string, options: CallOptions): Send | undefined;
  /** What is known here of who answers; undefined inside a host, and over the wire. */
  readonly sight?: Sight;
  /** See Resizable; only where something has members. */
  resize?(to: number | "auto"): Promise<void>;
}

interface Behind {
  readonly target: Target;
  readonly options: CallOptions;
}

/** On globalThis, as the actor's context is: its module may make refs in another copy of the package than its host. */
const slot = Symbol.for("holdfast.refs");
const place = globalThis as { [slot]?: WeakMap<object, Behind> };
place[slot] ??= new WeakMap();
const targetOf = place[slot];

const callKeys: KeysOf<CallOptions> = {
  timeout: true,
  signal: true,
  key: true,
  idempotent: true,
  sender: true,
  priority: true,
  trace: true,
};

/** A ref over a target. */
export function createRef<A>(target: Target, options: CallOptions = {}): KeyedRef<A> {
  const ref = new LiveRef<A>(target, options);
  targetOf.set(ref, { target, options });
  return ref;
}

/**
 * Method functions are made on first use and kept as own properties of `ask` and `tell` (a bare proxy costs thrice); these
 * are made on first use too, both at once: many refs are only handed on, and all others are of one shape.
 */
class LiveRef<A> implements KeyedGroupRef<A> {
  readonly path: string;
  readonly #target: Target;
  readonly #options: CallOptions;

  constructor(target: Target, options: CallOptions) {
    this.path = target.path;
    this.#target = target;
    this.#options = options;
  }

  get ask(): Ask<A> {
    return this.#callers().ask;
  }

  get tell(): Tell<A> {
    return this.#callers().tell;
  }

  /** Its own from here on: to go through a getter costs a tenth of a tell. */
  #callers(): { ask: Ask<A>; tell: Tell<A> } {
    const ask = new Caller("ask", this.#target, this.#options) as unknown as Ask<A>;
    const tell = new Caller("tell", this.#target, this.#options) as unknown as Tell<A>;
    Object.defineProperty(this, "ask", { value: ask });
    Object.defineProperty(this, "tell", { value: tell });
    return { ask, tell };
  }

  with(more: CallOptions): KeyedRef<A> {
    onlyKnownKeys(more, callKeys, `${this.path}: with()`);
    checkSignal(more.signal, this.path);
    if (more.key !== undefined) checkKey(more.key, this.path);
    checkPriority(more.priority, this.path);
    return createRef<A>(this.#target, { ...this.#options, ...more });
  }

  key(key: string): KeyedRef<A> {
    checkKey(key, this.path);
    return createRef<A>(this.#target, { ...this.#options, key });
  }

  async resize(to: number | "auto"): Promise<void> {
    if (this.#target.resize) return this.#target.resize(to);
    const fix = "the refs of a pool and of a keyed group can, where their system runs";
    throw new HoldfastError("InvalidValue", `${this.path} cannot be resized: ${fix}`);
  }
}

/**
 * A ref to be: for props, which are written before anything runs. It becomes a live ref inside the actor that gets it.
 * @param path below the root: `refTo<Store>("store")`, `refTo<Digits>("models/digits")`
 * @example thread<Reader>(url, { store: refTo<Store>("store") })
 */
export function refTo<A>(path: string): KeyedRef<A> {
  const early = () =>
    new HoldfastError(
      "ActorStopped",
      `refTo("${path}") is for props and messages: here use app.refs or app.ref("${path}")`,
      {
        retryable: false,
      },
    );
  return createRef<A>({
    path,
    ask: () => Promise.reject(early()),
    tell() {
      throw early();
    },
  });
}

/** The target and kept options behind a ref, or undefined for anything else. */
export function behindRef(value: object): Behind | undefined {
  return targetOf.get(value);
}

/**
 * Awaiting a ref must not call it, and it shall look like an object to what looks at objects. Every other name is sent:
 * that a lifecycle method is not to be called is for the actor's allow-list to say, as for any unknown name.
 */
const never: ReadonlySet<string> = new Set(["then", ...Object.getOwnPropertyNames(Object.prototype)]);

/**
 * What `ask` and `tell` are. All have one proxy behind them: with one each, no two would have the same shape, and with
 * thousands of refs in turn each call would be looked up anew.
 */
class Caller {
  readonly #kind: "ask" | "tell";
  readonly #target: Target;
  readonly #options: CallOptions;

  constructor(kind: "ask" | "tell", target: Target, options: CallOptions) {
    this.#kind = kind;
    this.#target = target;
    this.#options = options;
  }

  static {
    Reflect.deleteProperty(Caller.prototype, "constructor");
    const get = (_: object, name: string | symbol, receiver: object) => {
      if (typeof name === "symbol" || never.has(name) || !(#target in receiver)) return undefined;
      const method = receiver.#method(name);
      Object.defineProperty(receiver, name, { value: method });
      return method;
    };
    Object.setPrototypeOf(Caller.prototype, new Proxy({}, { get }));
  }

  #method(name: string): (...args: unknown[]) => unknown {
    const target = this.#target;
    const options = this.#options;
    if (this.#kind === "ask") {
      return target.asker?.(name, options) ?? ((...args: unknown[]) => target.ask(name, args, options));
    }
    return target.teller?.(name, options) ?? ((...args: unknown[]) => target.tell(name, args, options));
  }
}
