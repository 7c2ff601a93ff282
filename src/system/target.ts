import { onAbort } from "../actor/on-abort.js";
import type { CallOptions, Target } from "../actor/ref.js";
import { DEFAULT_ASK_TIMEOUT } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { HoldfastError, toError } from "../errors.js";
import { AskMessage } from "../mailbox/ask-message.js";
import type { Asker } from "../mailbox/asker.js";
import type { Message, Outcome, Special } from "../mailbox/message.js";
import type { Lease } from "../transport/lease.js";
import { lendUntilSettled } from "../transport/loan.js";
import { plainBytes } from "../transport/plain.js";
import { pack } from "../transport/values.js";
import type { SystemContext } from "./context.js";
import { eitherOf, Parts, type StreamCall } from "./parts.js";
import { deadTell, TellMessage } from "./tell-message.js";

/** What a target delivers to. Throws to refuse. */
export interface Receiver {
  readonly path: string;
  readonly incarnation: number;
  accept(message: Message, key: string | undefined): void;
  /** Whether the method's answer is known to be a stream; undefined before the actor's first start. */
  isStream(method: string): boolean | undefined;
}

/** What CellAsks adds: the caller is an actor of this system, so its call is part of work already taken. */
export interface InnerCallOptions extends CallOptions {
  readonly asker?: Asker | undefined;
}

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

  ask(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const receiver = this.receiver;
    const stream = receiver.isStream(method);
    if (stream !== false) {
      const call: StreamCall = (onSettled, onPart) => this.#stream(method, args, options, onSettled, onPart);
      return (stream ? new Parts(call) : eitherOf(call, () => receiver.isStream(method))) as Promise<unknown>;
    }
    const promise = new Promise<unknown>(settlers);
    const { resolve, reject } = made;
    this.#send(method, args, options, resolve, reject);
    return promise;
  }

  tell(method: string, args: unknown[], options: InnerCallOptions): boolean {
    const receiver = this.receiver;
    let special: Special = false;
    let leases: readonly Lease[] | undefined;
    let crossing = args;
    let bytes = plainBytes(args);
    try {
      if (bytes < 0) {
        const packed = pack(args, "args", "lend");
        ({ special, bytes, leases } = packed);
        crossing = packed.value as unknown[];
      }
      if (options.timeout !== undefined) milliseconds(options.timeout, "timeout");
      if (options.signal?.aborted) throw alreadyFired(method);
    } catch (error) {
      deadTell(this.context, receiver, method, args, options, toError(error));
      return false;
    }
    const message = new TellMessage(method, crossing, special, bytes, options, this);
    const forget = options.signal && cancelledBy(options.signal, message);
    if (leases) return this.#tellLent(message, leases, options.key, forget);
    if (forget) message.atItsEnd(forget);
    return offer(receiver, message, options.key);
  }

  /** With tensors, which are its sender's again where it is refused. */
  #tellLent(message: TellMessage, leases: readonly Lease[], key: string | undefined, forget?: () => void): boolean {
    let accepted = false;
    message.atItsEnd(lendUntilSettled(leases, () => !accepted, forget));
    accepted = offer(this.receiver, message, key);
    return accepted;
  }

  #stream(
    method: string,
    args: unknown[],
    options: InnerCallOptions,
    onSettled: (outcome: Outcome) => void,
    onPart: (value: unknown) => void,
  ): Message | undefined {
    const resolve = (value: unknown) => onSettled({ ok: true, value });
    const reject = (error: Error) => onSettled({ ok: false, error });
    return this.#send(method, args, options, resolve, reject, onPart);
  }

  #send(
    method: string,
    args: unknown[],
    options: InnerCallOptions,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
    onPart?: (value: unknown) => void,
  ): Message | undefined {
    let special: Special = false;
    let leases: readonly Lease[] | undefined;
    let crossing = args;
    let bytes = plainBytes(args);
    let timeoutMs = DEFAULT_TIMEOUT_MS;
    try {
      if (bytes < 0) {
        const packed = pack(args, "args", "lend");
        ({ special, bytes, leases } = packed);
        crossing = packed.value as unknown[];
      }
      if (options.timeout !== undefined) timeoutMs = milliseconds(options.timeout, "timeout");
      if (options.signal?.aborted) throw alreadyFired(method);
    } catch (error) {
      reject(toError(error));
      return undefined;
    }
    const message = new AskMessage(method, crossing, special, bytes, options, resolve, reject);
    if (onPart) message.onPart = onPart;
    const { clock, deadlines } = this.context;
    if (timeoutMs !== Number.POSITIVE_INFINITY) message.within(timeoutMs, clock.now(), deadlines);
    const forget = options.signal && cancelledBy(options.signal, message);
    if (leases) message.atItsEnd(lendUntilSettled(leases, () => true, forget));
    else if (forget) message.atItsEnd(forget);
    try {
      this.receiver.accept(message, options.key);
    } catch (error) {
      message.fail(toError(error));
    }
    return message;
  }
}

/** @returns whether it was accepted */
function offer(receiver: Receiver, message: TellMessage, key: string | undefined): boolean {
  try {
    receiver.accept(message, key);
  } catch (error) {
    message.fail(toError(error));
  }
  // Nothing of it runs before this turn is over: what has an end already has failed.
  return !message.settled;
}

const DEFAULT_TIMEOUT_MS = milliseconds(DEFAULT_ASK_TIMEOUT, "timeout");

/** The executor of every promise: one function for all leaves the two settlers here, where a closure would cost as much again. */
const made: { resolve(value: unknown): void; reject(error: Error): void } = { resolve() {}, reject() {} };

function settlers(resolve: (value: unknown) => void, reject: (error: Error) => void): void {
  made.resolve = resolve;
  made.reject = reject;
}

function alreadyFired(method: string): HoldfastError {
  return new HoldfastError("Cancelled", `${method}: the caller's signal had already fired`, { retryable: true });
}

function cancelledBy(signal: AbortSignal, message: Message): () => void {
  return onAbort(signal, () => message.giveUp("Cancelled", "the caller's signal fired"));
}
