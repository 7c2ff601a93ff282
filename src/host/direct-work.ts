import type { Message } from "../mailbox/message.js";
import type { ToHost } from "../transport/frames.js";
import { isPlain } from "../transport/plain.js";
import { pack, unpack } from "../transport/values.js";
import type { ActorWork } from "./actor-work.js";
import { type DirectLine, later } from "./direct-line.js";
import { KIND } from "./flight-ring.js";
import { watchLent } from "./lent-watch.js";
import { isAsyncIterable } from "./output-stream.js";
import { ownCopy } from "./own-copy.js";
import type { Running } from "./running.js";
import type { Worker } from "./worker.js";

type Call = Extract<ToHost, { t: "call" }>;

/**
 * The short way of one incarnation's messages, where the parent is in the same thread. What runs here stands in no table:
 * most are over before anybody asks. Where somebody asks (for the signal, or because the incarnation ends meanwhile), and
 * where it is not over when the handler returns, it is entered, and goes on as one that came in a frame.
 */
export class DirectWork implements DirectLine {
  readonly #of: Worker;
  readonly #work: ActorWork;
  readonly #slot: number;
  #message: Message | undefined;
  #entered: Running | undefined;
  /** Looks whether what it was lent is as it was. */
  #lent: (() => void) | undefined;
  /** A handler has answered with a promise: the time at which one begins is read for each. */
  #slow = false;
  /** Most messages call what the one before called. */
  #latestName: string | undefined;
  #latestAgain = false;
  #latestNumber = 0;

  constructor(of: Worker, work: ActorWork) {
    this.#of = of;
    this.#slot = of.slot;
    this.#work = work;
  }

  get open(): boolean {
    return this.#of.open;
  }

  get busy(): boolean {
    return this.#message !== undefined;
  }

  run(message: Message, now: number): unknown {
    const { around } = this.#of;
    const { method } = message;
    this.#entered = undefined;
    this.#message = message;
    if (method !== this.#latestName) this.#known(method);
    around.control.event(KIND.taken, this.#latestNumber, now, this.#of.id, this.#of.incarnation, message.seq);
    if (!around.control.begin(this.#slot, message.seq, this.#slow ? around.clock.now() : now)) {
      this.#of.fence();
      return later;
    }
    let { args } = message;
    this.#lent = message.special === true ? watchLent(args, around, method) : undefined;
    if (message.special === true || this.#latestAgain || message.options.idempotent) {
      try {
        args = this.#opened(message);
      } catch (error) {
        this.#work.fail(this.#enter(message), error);
        return later;
      }
    }
    let result: unknown;
    try {
      result = invoke(this.#of.actor!, method, args);
    } catch (error) {
      this.#work.threw(this.#entered ?? this.#enter(message), error);
      return later;
    }
    if (this.#entered !== undefined || around.unsent?.() || !isPlain(result)) return this.#answered(message, result);
    return this.#over(result);
  }

  /** Somebody asks for what runs. */
  enter(): void {
    if (this.#message) this.#enter(this.#message);
  }

  #over(value: unknown): unknown {
    const { around, id, incarnation } = this.#of;
    around.control.event(KIND.ok, this.#latestNumber, 0, id, incarnation, this.#message!.seq);
    this.#message = undefined;
    this.#lent?.();
    around.control.end(this.#slot);
    if (!this.#of.open) this.#of.idle();
    return value;
  }

  #known(method: string): void {
    const { facts, methodNumbers } = this.#of.around;
    this.#latestName = method;
    this.#latestAgain = facts.methods[method]!.idempotent;
    this.#latestNumber = methodNumbers.get(method) ?? 0;
  }

  /** A value that may have to be packed, or that is none yet. */
  #answered(message: Message, result: unknown): unknown {
    const waits = isPromise(result);
    // What a handler has sent leaves before its answer does: then the answer goes the same way.
    if (!this.#entered && !this.#of.around.unsent?.() && !waits && !isAsyncIterable(result)) {
      try {
        const packed = pack(result, "the result", "give");
        if (packed.special !== true) return this.#over(packed.value);
      } catch {
        // It is refused below.
      }
    }
    if (!this.#slow && (waits || isAsyncIterable(result))) {
      this.#slow = true;
      // The stamp at hand may be older than those that ran before it in the same slice took: they are none of its time.
      if (!this.#of.ended) this.#of.around.control.begin(this.#slot, message.seq, this.#of.around.clock.now());
    }
    this.#work.settle(this.#entered ?? this.#enter(message), result);
    return later;
  }

  #enter({ seq, method, args, special }: Message): Running {
    const { id: actor, incarnation } = this.#of;
    const packed = { value: args, special };
    const call: Call = {
      t: "call",
      actor,
      incarnation,
      seq,
      method,
      args: packed,
      expires: Number.POSITIVE_INFINITY,
      snapshot: false,
      again: false,
    };
    this.#message = undefined;
    this.#entered = this.#work.enter(call);
    this.#entered.lent = this.#lent;
    if (special === true) this.#of.around.lend?.(call);
    return this.#entered;
  }

  /** One that may be delivered again runs on a copy of its arguments. */
  #opened({ args, special, options }: Message): unknown[] {
    const packed = { value: args, special };
    const copied = (this.#latestAgain || options.idempotent) && !args.every(isPlain);
    return unpack(copied ? ownCopy(this.#of.around, packed) : packed, this.#of.refs) as unknown[];
  }
}

/** Few arguments are given as they are: to spread an array costs a quarter of a message. */
function invoke(actor: object, name: string, args: unknown[]): unknown {
  const self = actor as Record<string, (...args: unknown[]) => unknown>;
  switch (args.length) {
    case 0:
      return self[name]!();
    case 1:
      return self[name]!(args[0]);
    case 2:
      return self[name]!(args[0], args[1]);
    default:
      return self[name]!(...args);
  }
}

/** Also what throws when it is asked for its `then`: a rejection comes of it, as of `await`. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  try {
    return value instanceof Promise || typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
  } catch {
    return true;
  }
}

/** A thenable of the user's own may throw from its then(). */
export function follow(result: PromiseLike<unknown>, done: (value: unknown) => void, threw: (error: unknown) => void) {
  try {
    result.then(done, threw);
  } catch (error) {
    threw(error);
  }
}
