import { onAbort } from "../actor/on-abort.js";
import type { CallOptions, Target } from "../actor/ref.js";
import { DEFAULT_ASK_TIMEOUT } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { HoldfastError, isHoldfastError, toError } from "../errors.js";
import type { Asker } from "../mailbox/asker.js";
import { Message, type Outcome } from "../mailbox/message.js";
import { pack, type Sized } from "../transport/values.js";
import type { SystemContext } from "./context.js";
import { shapeOf } from "./death/evidence.js";
import { eitherOf, Parts, type StreamCall } from "./parts.js";

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
  readonly #context: SystemContext;
  readonly #receiver: Receiver;

  constructor(context: SystemContext, receiver: Receiver) {
    this.#context = context;
    this.#receiver = receiver;
  }

  get path(): string {
    return this.#receiver.path;
  }

  ask(method: string, args: unknown[], options: CallOptions): Promise<unknown> {
    const context = this.#context;
    const receiver = this.#receiver;
    const stream = receiver.isStream(method);
    if (stream !== false) {
      const call: StreamCall = (onSettled, onPart) =>
        send(context, receiver, method, args, options, onSettled, true, onPart);
      return (stream ? new Parts(call) : eitherOf(call, () => receiver.isStream(method))) as Promise<unknown>;
    }
    return new Promise((resolve, reject) => {
      send(context, receiver, method, args, options, (outcome) => {
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      });
    });
  }

  tell(method: string, args: unknown[], options: CallOptions): boolean {
    let refused = false;
    const onSettled = (outcome: Outcome) => {
      if (outcome.ok) return;
      refused = true;
      // Who found it guilty has written its letter, with the evidence.
      if (isHoldfastError(outcome.error, "PoisonedMessage")) return;
      const { path, incarnation } = this.#receiver;
      const reason = outcome.error instanceof HoldfastError ? outcome.error.code : outcome.error.message;
      const letter = { path, key: options.key, incarnation, sender: options.sender ?? "app", method, reason };
      this.#context.deaths.deadLetter({ ...letter, shape: shapeOf(args) });
    };
    send(this.#context, this.#receiver, method, args, options, onSettled, false);
    return !refused;
  }
}

function send(
  context: SystemContext,
  receiver: Receiver,
  method: string,
  args: unknown[],
  options: InnerCallOptions,
  onSettled: (outcome: Outcome) => void,
  ask = true,
  onPart?: (value: unknown) => void,
): Message | undefined {
  let packed: Sized;
  let timeoutMs: number;
  try {
    packed = pack(args, "args");
    timeoutMs = milliseconds(options.timeout ?? DEFAULT_ASK_TIMEOUT, "timeout");
    if (options.signal?.aborted)
      throw new HoldfastError("Cancelled", `${method}: the caller's signal had already fired`, { retryable: true });
  } catch (error) {
    onSettled({ ok: false, error: toError(error) });
    return undefined;
  }
  const { signal } = options;
  const limited = ask && timeoutMs !== Number.POSITIVE_INFINITY;
  const message = new Message({
    method,
    args: packed.value as unknown[],
    special: packed.special,
    bytes: packed.bytes,
    ask,
    sender: options.sender ?? "app",
    idempotent: options.idempotent ?? false,
    asker: options.asker,
    deadline: limited ? context.clock.now() + timeoutMs : Number.POSITIVE_INFINITY,
    onSettled: (outcome) => {
      forget?.();
      forgetSignal?.();
      onSettled(outcome);
    },
  });
  message.onPart = onPart;
  const forget = limited
    ? context.deadlines.add(timeoutMs, () => message.giveUp("Timeout", `no answer within ${timeoutMs} ms`))
    : undefined;
  const forgetSignal = signal && onAbort(signal, () => message.giveUp("Cancelled", "the caller's signal fired"));
  try {
    receiver.accept(message, options.key);
  } catch (error) {
    message.fail(toError(error));
  }
  return message;
}
