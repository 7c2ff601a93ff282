import { onAbort } from "../actor/on-abort.js";
import type { CallOptions, SystemIdentity, Target } from "../actor/ref.js";
import type { Send } from "../actor/send.js";
import type { Sight } from "../actor/sight.js";
import { DEFAULT_ASK_TIMEOUT } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { HoldfastError, toError } from "../errors.js";
import { Asking } from "../mailbox/asking.js";
import { Message, type Outcome, type Special } from "../mailbox/message.js";
import { isPlain, plainBytes, plainSize } from "../mailbox/plain.js";
import type { Lease } from "../transport/lease.js";
import { lendUntilSettled } from "../transport/loan.js";
import { pack } from "../transport/values.js";
import type { SystemContext } from "./context.js";
import { listed } from "./listed.js";
import { eitherOf, Parts, type StreamCall } from "./parts.js";
import type { Receiver } from "./receiver.js";
import { type InnerCallOptions, SentThrough } from "./sent.js";
import type { Shedding } from "./shedding.js";
import { sightOf } from "./sight-of.js";

/**
 * Where a call becomes a message: packed, bounded by a deadline, cancellable, and settled exactly once.
 *
 *   ref.ask.m(x) ─▶ pack ─▶ Message ─▶ receiver.accept ─▶ mailbox …
 *        ◀── promise ◀── settle (value | error | Timeout | Cancelled)
 *
 * Whether the answer is a stream is known from the actor's first start on. Until then the call is made at once, and what
 * comes back can be awaited and iterated.
 */
export function targetOf(context: SystemContext, receiver: Receiver): Target {
  return new ReceiverTarget(context, receiver);
}

/** Made for whoever wants one, and kept by its refs alone. */
class ReceiverTarget implements Target {
  readonly context: SystemContext;
  readonly receiver: Receiver;

  constructor(context: SystemContext, receiver: Receiver) {
    this.context = context;
    this.receiver = receiver;
  }

  get path(): string {
    return this.receiver.path;
  }

  get system(): SystemIdentity {
    return this.context.identity;
  }

  get sight(): Sight {
    return sightOf(this.context, this.receiver);
  }

  get resize(): Target["resize"] {
    const { receiver } = this;
    return receiver.resize && ((to) => receiver.resize!(to));
  }

  ask(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    return this.#ask(new SentThrough(this, method, options), args);
  }

  tell(method: string, args: unknown[], options: InnerCallOptions): boolean {
    return this.#tell(new SentThrough(this, method, options), args);
  }

  /** Most calls have one argument, and need no array for it, which would cost as much as the message again. */
  asker(method: string, options: CallOptions): (...args: unknown[]) => Promise<unknown> {
    const sent = new SentThrough(this, method, options);
    const { receiver } = this;
    const simple = options.timeout === undefined && options.signal === undefined;
    const ask = (args: unknown[]) => this.#ask(sent, args);
    const send = (first: unknown) => this.#sendOne(sent, first);
    return function (first: unknown) {
      // biome-ignore lint/complexity/noArguments: a rest parameter makes its array for every call
      const one = arguments.length === 1 && simple && isPlain(first);
      // biome-ignore lint/complexity/noArguments: as above
      return one && receiver.isStream(method) === false ? send(first) : ask(listed(arguments));
    };
  }

  sender(method: string, options: CallOptions): Send | undefined {
    if (this.receiver.isStream(method) !== false) return undefined;
    const sent = new SentThrough(this, method, options);
    return (args, timeoutMs, bytes, resolve, reject) =>
      this.#send(sent, args, resolve, reject, undefined, timeoutMs, bytes);
  }

  /** Most calls have one argument, and need no array for it, which would cost as much as the message again. */
  teller(method: string, options: CallOptions): (...args: unknown[]) => boolean {
    const sent = new SentThrough(this, method, options);
    const { receiver } = this;
    const { key } = options;
    const joins = receiver.joins !== undefined && key === undefined;
    const { shedding, following } = this.context;
    const simple = options.timeout === undefined && options.signal === undefined;
    const tell = (args: unknown[]) => this.#tell(sent, args);
    const followed = () => following.any && following.takes(options);
    return function (first: unknown) {
      // biome-ignore lint/complexity/noArguments: a rest parameter makes its array for every call
      if (arguments.length !== 1 || !simple || !isPlain(first) || followed()) return tell(listed(arguments));
      if (joins && shedding.level === 0 && receiver.joins!(sent, first)) {
        sent.tally.accepted++;
        return true;
      }
      return offer(receiver, new Message(sent, first, undefined, false, plainSize(first), undefined), key, shedding);
    };
  }

  #ask(sent: SentThrough, args: unknown[]): Promise<unknown> {
    const receiver = this.receiver;
    const { method } = sent;
    const stream = receiver.isStream(method);
    if (stream !== false) {
      const call: StreamCall = (onSettled, onPart) => this.#stream(sent, args, onSettled, onPart);
      return (stream ? new Parts(call) : eitherOf(call, () => receiver.isStream(method))) as Promise<unknown>;
    }
    const promise = new Promise<unknown>(settlers);
    const { resolve, reject } = made;
    this.#send(sent, args, resolve, reject);
    return promise;
  }

  #sendOne(sent: SentThrough, first: unknown): Promise<unknown> {
    const promise = new Promise<unknown>(settlers);
    const asking = new Asking(made.resolve, made.reject);
    const message = new Message(sent, first, undefined, false, plainSize(first), asking);
    asking.message = message;
    if (this.context.following.any) this.#follow(message);
    if (this.#begins(message, sent)) {
      asking.withinLater(DEFAULT_TIMEOUT_MS, this.context.deadlines);
      sent.tally.accepted++;
      return promise;
    }
    this.#waits(asking, DEFAULT_TIMEOUT_MS, sent.options.key);
    offer(this.receiver, message, sent.options.key, this.context.shedding);
    this.context.callMade.at = 0;
    return promise;
  }

  /** One ask after another, to one who has nothing else to do: what most are is found out once, and no more is asked of them. */
  #begins(message: Message, sent: SentThrough): boolean {
    const { clock, meter, shedding } = this.context;
    if (sent.options.key !== undefined || !clock.flows || meter.on || shedding.level > 0) return false;
    return this.receiver.begins?.(message) === true;
  }

  /** The clock is read, and a deadline written down, for those alone that may still be there then. */
  #waits(asking: Asking, timeoutMs: number, key: string | undefined): void {
    const { clock, deadlines, callMade, meter } = this.context;
    if (timeoutMs >= UNHURRIED_MS && key === undefined && clock.flows && this.receiver.atOnce && !meter.on) {
      asking.withinLater(timeoutMs, deadlines);
      return;
    }
    const now = clock.now();
    callMade.at = now;
    asking.within(timeoutMs, now, deadlines);
  }

  #follow(message: Message): void {
    this.context.following.begin(message, this.receiver);
  }

  #tell(sent: SentThrough, args: unknown[]): boolean {
    const { options } = sent;
    let special: Special = false;
    let leases: readonly Lease[] | undefined;
    let crossing = args;
    let bytes = plainBytes(args);
    try {
      if (bytes < 0) {
        const packed = pack(args, "args", "lend", this.context.identity);
        ({ special, bytes, leases } = packed);
        crossing = packed.value as unknown[];
      }
      if (options.timeout !== undefined) milliseconds(options.timeout, "timeout");
      if (options.signal?.aborted) throw alreadyFired(sent.method, options.signal);
    } catch (error) {
      sent.dead(args, toError(error));
      return false;
    }
    const message = new Message(sent, crossing[0], crossing, special, bytes, undefined);
    if (this.context.following.any) this.#follow(message);
    const forget = options.signal && cancelledBy(options.signal, message);
    if (leases) return this.#tellLent(message, leases, options.key, forget);
    if (forget) message.atItsEnd(forget);
    return offer(this.receiver, message, options.key, this.context.shedding);
  }

  /** With tensors, which are its sender's again where it is refused. */
  #tellLent(message: Message, leases: readonly Lease[], key: string | undefined, forget?: () => void): boolean {
    let accepted = false;
    message.atItsEnd(lendUntilSettled(leases, "tell", () => !accepted, forget));
    accepted = offer(this.receiver, message, key, this.context.shedding);
    return accepted;
  }

  #stream(
    sent: SentThrough,
    args: unknown[],
    onSettled: (outcome: Outcome) => void,
    onPart: (value: unknown) => void,
  ): Message | undefined {
    const resolve = (value: unknown) => onSettled({ ok: true, value });
    const reject = (error: Error) => onSettled({ ok: false, error });
    return this.#send(sent, args, resolve, reject, onPart);
  }

  #send(
    sent: SentThrough,
    args: unknown[],
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
    onPart?: (value: unknown) => void,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    knownBytes = -1,
  ): Message | undefined {
    const { options } = sent;
    let special: Special = false;
    let leases: readonly Lease[] | undefined;
    let crossing = args;
    let bytes = knownBytes >= 0 ? knownBytes : plainBytes(args);
    try {
      if (bytes < 0) {
        const packed = pack(args, "args", "lend", this.context.identity);
        ({ special, bytes, leases } = packed);
        crossing = packed.value as unknown[];
      }
      if (options.timeout !== undefined) timeoutMs = milliseconds(options.timeout, "timeout");
      if (options.signal?.aborted) throw alreadyFired(sent.method, options.signal);
    } catch (error) {
      reject(toError(error));
      return undefined;
    }
    const asking = new Asking(resolve, reject);
    const message = new Message(sent, crossing[0], crossing, special, bytes, asking);
    asking.message = message;
    if (this.context.following.any) this.#follow(message);
    if (onPart) message.onPart = onPart;
    if (timeoutMs !== Number.POSITIVE_INFINITY) this.#waits(asking, timeoutMs, options.key);
    else if (this.context.meter.on) asking.from(this.context.clock.now());
    const forget = options.signal && cancelledBy(options.signal, message);
    if (leases) message.atItsEnd(lendUntilSettled(leases, "ask", () => true, forget));
    else if (forget) message.atItsEnd(forget);
    offer(this.receiver, message, options.key, this.context.shedding);
    this.context.callMade.at = 0;
    return message;
  }
}

/** @returns whether it was accepted */
function offer(receiver: Receiver, message: Message, key: string | undefined, shedding: Shedding): boolean {
  try {
    if (shedding.level > 0) shedding.judge(receiver.path, message);
    receiver.accept(message, key);
    message.sent.tally.accepted++;
  } catch (error) {
    if (message.settled) message.sent.tally.accepted++;
    else message.refuse(toError(error));
  }
  // Nothing of it runs before this turn is over: what has an end already has failed.
  return !message.settled;
}

/**
 * Who waits for this many ms or longer is counted from when its message is found not to be over at once, if it is the next
 * to run. Until then no more has passed than the rest of the caller's own turn.
 */
const UNHURRIED_MS = 1000;

const DEFAULT_TIMEOUT_MS = milliseconds(DEFAULT_ASK_TIMEOUT, "timeout");

/** The executor of every promise: one function for all leaves the two settlers here, where a closure would cost as much again. */
const made: { resolve(value: unknown): void; reject(error: Error): void } = { resolve() {}, reject() {} };

function settlers(resolve: (value: unknown) => void, reject: (error: Error) => void): void {
  made.resolve = resolve;
  made.reject = reject;
}

function alreadyFired(method: string, { reason: cause }: AbortSignal): HoldfastError {
  return new HoldfastError("Cancelled", `${method}: the caller's signal had already fired`, { retryable: true, cause });
}

function cancelledBy(signal: AbortSignal, message: Message): () => void {
  return onAbort(signal, () => message.giveUp("Cancelled", "the caller's signal fired", signal.reason));
}
