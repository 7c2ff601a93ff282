import { Message, type Sent } from "../mailbox/message.js";
import { isPlain, plainSize } from "../mailbox/plain.js";
import type { ToHost } from "../transport/frames.js";
import { pack, unpack } from "../transport/values.js";
import type { ActorWork } from "./actor-work.js";
import { type DirectLine, later } from "./direct-line.js";
import { watchLent } from "./lent-watch.js";
import { isPulled } from "./output-stream.js";
import { ownCopy } from "./own-copy.js";
import { type OwnBlock, OwnRecord } from "./own-record.js";
import { isPromise } from "./promises.js";
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
  readonly #record: OwnRecord;
  readonly #unsent: { readonly empty: boolean } | undefined;
  #message: Message | undefined;
  #entered: Running | undefined;
  /** Number and argument of a tell that runs and is no message yet; it was sent as the latest. 0: none runs. */
  #bare = 0;
  #first: unknown;
  /** Looks whether what it was lent is as it was. */
  #lent: (() => void) | undefined;
  /** A handler has answered with a promise: the time at which one begins is read for each. */
  #slow = false;
  /** Most messages are sent as the one before was. */
  #latest: Sent | undefined;
  #latestAgain = false;
  #latestNumber = 0;

  /** @param block the parent is in this thread */
  constructor(of: Worker, work: ActorWork, block: OwnBlock) {
    this.#of = of;
    this.#record = new OwnRecord(block, of.slot, of.id, of.incarnation);
    this.#unsent = of.around.unsent;
    this.#work = work;
  }

  get open(): boolean {
    return this.#of.open;
  }

  get current(): Message | undefined {
    if (this.#bare !== 0) {
      this.#message = new Message(this.#latest!, this.#first, undefined, false, plainSize(this.#first), undefined);
      this.#message.seq = this.#bare;
      this.#bare = 0;
    }
    return this.#message;
  }

  /** Something runs that is not entered. */
  get busy(): boolean {
    return (this.#bare !== 0 || this.#message !== undefined) && this.#entered === undefined;
  }

  run(message: Message, now: number): unknown {
    const { sent } = message;
    this.#entered = undefined;
    this.#message = message;
    if (sent !== this.#latest) this.#known(sent);
    const at = this.#slow ? this.#of.around.clock.now() : now;
    if (!this.#record.take(this.#latestNumber, at, message.seq)) {
      this.#of.fence();
      return this.#later();
    }
    let { all } = message;
    if (message.special === true || this.#latestAgain) {
      if (message.special === true) this.#lent = watchLent(message.args, this.#of.around, sent.method);
      try {
        all = this.#opened(message);
      } catch (error) {
        this.#work.fail(this.#enter(message), error);
        return this.#later();
      }
    }
    let result: unknown;
    try {
      result = invoke(this.#of.actor!, sent.method, message.first, all);
    } catch (error) {
      this.#work.threw(this.#entered ?? this.#enter(message), error);
      return this.#later();
    }
    if (this.#entered !== undefined || this.#unsent?.empty === false || !isPlain(result))
      return this.#answered(message, result);
    return this.#over(result);
  }

  tell(sent: Sent, first: unknown, seq: number, now: number): Message | undefined {
    this.#entered = undefined;
    if (sent !== this.#latest) this.#known(sent);
    this.#first = first;
    this.#bare = seq;
    const at = this.#slow ? this.#of.around.clock.now() : now;
    if (!this.#record.take(this.#latestNumber, at, seq)) {
      this.#of.fence();
      return this.#left();
    }
    let result: unknown;
    try {
      result = (this.#of.actor as Record<string, (first: unknown) => unknown>)[sent.method]!(first);
    } catch (error) {
      this.#work.threw(this.#entered ?? this.#enter(this.current!), error);
      return this.#left();
    }
    if (this.#bare === 0 || this.#unsent?.empty === false || !isPlain(result)) return this.#told(result);
    this.#bare = 0;
    this.#record.over(this.#latestNumber, seq);
    if (!this.#of.open) this.#of.idle();
    return undefined;
  }

  /** One that somebody has asked for, or whose result is more than a plain value. */
  #told(result: unknown): Message | undefined {
    const message = this.current!;
    const plain = this.#entered === undefined && this.#unsent?.empty !== false && isPlain(result);
    const value = plain ? this.#over(result) : this.#answered(message, result);
    return value === later ? message : undefined;
  }

  #left(): Message {
    const message = this.current!;
    this.#message = undefined;
    return message;
  }

  /** Somebody asks for what runs. */
  enter(): void {
    if (this.busy) this.#enter(this.current!);
  }

  #over(value: unknown): unknown {
    const { seq } = this.#message!;
    this.#message = undefined;
    if (this.#lent !== undefined) this.#returned();
    this.#record.over(this.#latestNumber, seq);
    if (!this.#of.open) this.#of.idle();
    return value;
  }

  #returned(): void {
    const look = this.#lent;
    this.#lent = undefined;
    look?.();
  }

  #known(sent: Sent): void {
    const { facts, methodNumbers } = this.#of.around;
    const { method } = sent;
    this.#latest = sent;
    this.#latestAgain = facts.methods[method]!.idempotent || sent.options.idempotent === true;
    this.#latestNumber = methodNumbers.get(method) ?? 0;
  }

  /** A value that may have to be packed, or that is none yet. */
  #answered(message: Message, result: unknown): unknown {
    const waits = isPromise(result);
    // What a handler has sent leaves before its answer does: then the answer goes the same way.
    if (!this.#entered && this.#unsent?.empty !== false && !waits && !isPulled(result)) {
      try {
        const packed = pack(result, "the result", "give");
        if (packed.special !== true) return this.#over(packed.value);
      } catch {
        // It is refused below.
      }
    }
    if (!this.#slow && (waits || isPulled(result))) {
      this.#slow = true;
      // The stamp at hand may be older than those that ran before it in the same slice took: they are none of its time.
      if (!this.#of.ended) this.#of.around.control.begin(this.#of.slot, message.seq, this.#of.around.clock.now());
    }
    this.#work.settle(this.#entered ?? this.#enter(message), result);
    return this.#later();
  }

  #later(): typeof later {
    this.#message = undefined;
    return later;
  }

  #enter(message: Message): Running {
    const { seq, method, args, special } = message;
    const { id: actor, incarnation, around } = this.#of;
    const packed = { value: args, special };
    const call: Call = {
      t: "call",
      actor,
      incarnation,
      seq,
      method,
      args: packed,
      // Its time is counted from here on, where somebody asks for it.
      get expires() {
        message.answer?.count(around.clock.now());
        return message.deadline;
      },
      snapshot: false,
      again: false,
      trace: message.trace?.context,
    };
    this.#entered = this.#work.enter(call);
    this.#entered.lent = this.#lent;
    this.#lent = undefined;
    if (special === true) around.lend?.(call);
    return this.#entered;
  }

  /** One that may be delivered again runs on a copy of its arguments. */
  #opened({ args, special }: Message): unknown[] {
    const packed = { value: args, special };
    const copied = this.#latestAgain && !args.every(isPlain);
    return unpack(copied ? ownCopy(this.#of.around, packed) : packed, this.#of.refs) as unknown[];
  }
}

/** Few arguments are given as they are: to spread an array costs a quarter of a message. */
function invoke(actor: object, name: string, first: unknown, all: unknown[] | undefined): unknown {
  const self = actor as Record<string, (...args: unknown[]) => unknown>;
  if (all === undefined) return self[name]!(first);
  switch (all.length) {
    case 0:
      return self[name]!();
    case 1:
      return self[name]!(all[0]);
    case 2:
      return self[name]!(all[0], all[1]);
    default:
      return self[name]!(...all);
  }
}
