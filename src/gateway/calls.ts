import type { CallOptions } from "../actor/ref.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import { DEFAULT_ASK_TIMEOUT } from "../defaults.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import type { AskFrame, CancelFrame, CreditFrame, ServerFrame, TellFrame } from "../protocol/frames.js";
import { type Format, fromWire } from "../protocol/values.js";
import { toWireError } from "../protocol/wire-error.js";
import type { Exposure } from "./exposure.js";
import { isAsyncIterable, Parts } from "./parts.js";
import { Placing } from "./placing.js";

export interface CallsRules {
  readonly exposure: Exposure;
  /** Makes memory in which arrays go to methods that only borrow them. */
  readonly tensor: MakeTensor;
  readonly maxInFlight: number;
  readonly streamWindow: number;
  /** Who sends, for dead letters and reports. */
  readonly sender: string;
  readonly send: (frame: ServerFrame, format: Format) => void;
  readonly room: () => Promise<void>;
  readonly draining: () => boolean;
  readonly onSettled: () => void;
}

interface Call {
  readonly abort: AbortController;
  readonly format: Format;
  parts?: Parts;
}

/** The asks of one connection: each is answered once, in the format it was asked in, while the connection lives. */
export class Calls {
  readonly #rules: CallsRules;
  readonly #open = new Map<number, Call>();

  constructor(rules: CallsRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#open.size;
  }

  has(id: number): boolean {
    return this.#open.has(id);
  }

  /** @param frame whose id no unanswered frame of the connection has */
  ask(frame: AskFrame, format: Format): void {
    const { id } = frame;
    const call: Call = { abort: new AbortController(), format };
    this.#open.set(id, call);
    this.#perform(frame, call)
      .catch((error: unknown) => this.#answer(id, call, { type: "error", id, error: toWireError(worded(error, call)) }))
      .finally(this.#rules.onSettled);
  }

  /** @throws HoldfastError NotExposed, InvalidValue or Draining, for the session to say without an id */
  tell(frame: TellFrame, format: Format): void {
    this.#refuseWhileDraining();
    const { target } = this.#rules.exposure.find(frame.to, frame.method);
    this.#withArgs(frame, format, (args) =>
      target.tell(frame.method, args, { sender: this.#rules.sender, ...said(frame) }),
    );
  }

  /** What the arguments hold in leased memory is in the call's care, or released. */
  #withArgs<Made>(frame: AskFrame | TellFrame, format: Format, call: (args: unknown[]) => Made): Made {
    const { exposure, tensor } = this.#rules;
    const placing = exposure.borrows(frame.to, frame.method) ? new Placing(tensor) : undefined;
    try {
      return call(fromWire(frame.args, format, "args", placing?.place) as unknown[]);
    } finally {
      placing?.close();
    }
  }

  cancel({ id }: CancelFrame): void {
    const call = this.#open.get(id);
    call?.abort.abort();
    call?.parts?.stop();
  }

  credit({ id, n }: CreditFrame): void {
    this.#open.get(id)?.parts?.grant(n);
  }

  /** The connection is gone: its asks are given up. */
  close(): void {
    for (const id of [...this.#open.keys()]) this.cancel({ type: "cancel", id });
  }

  async #perform(frame: AskFrame, call: Call): Promise<void> {
    this.#refuseWhileDraining();
    const { exposure, maxInFlight, sender } = this.#rules;
    if (this.#open.size > maxInFlight) {
      throw new HoldfastError("TooManyInFlight", `${maxInFlight} asks of this connection are unanswered: wait for one`);
    }
    const { target, methods } = exposure.find(frame.to, frame.method);
    const options: CallOptions = {
      timeout: frame.timeout ?? DEFAULT_ASK_TIMEOUT,
      signal: call.abort.signal,
      sender,
      ...said(frame),
      ...(frame.idempotent === undefined ? {} : { idempotent: frame.idempotent }),
    };
    const asked: unknown = this.#withArgs(frame, call.format, (args) => target.ask(frame.method, args, options));
    // A target that does not know yet whether a method is a generator answers with what is both, promise and iterable.
    const iterable = isAsyncIterable(asked) && (methods[frame.method]!.stream || !("then" in asked));
    const value = iterable ? asked : await asked;
    if (isAsyncIterable(value)) await this.#stream(frame, call, value);
    else this.#answer(frame.id, call, { type: "result", id: frame.id, value });
  }

  async #stream({ id, credit }: AskFrame, call: Call, source: AsyncIterable<unknown>): Promise<void> {
    const { send, room, streamWindow } = this.#rules;
    const parts = new Parts(source, credit ?? streamWindow, {
      part: (seq, value) => send({ type: "part", id, seq, value }, call.format),
      room,
    });
    call.parts = parts;
    if (call.abort.signal.aborted) parts.stop();
    try {
      const count = await parts.run();
      if (call.abort.signal.aborted) throw new HoldfastError("Cancelled", "the stream was cancelled");
      this.#answer(id, call, { type: "end", id, count });
    } catch (error) {
      parts.stop();
      const { details = {}, ...rest } = toWireError(error);
      this.#answer(id, call, {
        type: "error",
        id,
        error: { ...rest, details: { ...details, delivered: parts.count } },
      });
    }
  }

  #answer(id: number, call: Call, frame: ServerFrame): void {
    this.#open.delete(id);
    try {
      this.#rules.send(frame, call.format);
    } catch (error) {
      // The value cannot be sent (a function in it, or too large): that is the answer then.
      this.#rules.send({ type: "error", id, error: toWireError(error) }, call.format);
    }
  }

  #refuseWhileDraining(): void {
    if (this.#rules.draining()) throw new HoldfastError("Draining", "the server is stopping: ask another, or later");
  }
}

/** Whoever sent `cancel` has no signal: it is told of its own frame. */
function worded(error: unknown, { abort }: Call): unknown {
  if (!abort.signal.aborted || !isHoldfastError(error, "Cancelled")) return error;
  const { retryable, details } = error;
  return new HoldfastError("Cancelled", "the ask was cancelled by its caller", { retryable, details, cause: error });
}

function said({ key, priority }: AskFrame | TellFrame): Pick<CallOptions, "key" | "priority"> {
  return { ...(key === undefined ? {} : { key }), ...(priority === undefined ? {} : { priority }) };
}
