import type { CallOptions } from "../actor/ref.js";
import type { Send, Unanswered } from "../actor/send.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import { DEFAULT_ASK_TIMEOUT } from "../defaults.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import { NumberMap } from "../number-map.js";
import type { AskFrame, CancelFrame, CreditFrame, ServerFrame, TellFrame } from "../protocol/frames.js";
import { plainWireBytes } from "../protocol/plain-wire.js";
import { type Format, fromWire } from "../protocol/values.js";
import { toWireError } from "../protocol/wire-error.js";
import type { RequestSpan, Tracing } from "../system/trace/tracing.js";
import type { Exposure } from "./exposure.js";
import { inSpan, spanOf } from "./in-span.js";
import { isAsyncIterable, Parts } from "./parts.js";
import { Placing } from "./placing.js";
import { QuickSends } from "./quick-sends.js";

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
  /** Makes spans; undefined where nothing is traced. */
  readonly tracing: Tracing | undefined;
  readonly onSettled: () => void;
}

class Call {
  readonly id: number;
  readonly format: Format;
  /** It was given up: by its caller, or with its connection. */
  givenUp = false;
  /** What is told so: a message on its way, */
  sent: Unanswered | undefined = undefined;
  /** or whoever listens to a signal, */
  abort: AbortController | undefined = undefined;
  /** and the parts of a stream. */
  parts: Parts | undefined = undefined;
  /** Granted before there were any. */
  credit = 0;
  readonly span: RequestSpan | undefined;

  /** @param span of the sampled ones */
  constructor(id: number, format: Format, span: RequestSpan | undefined) {
    this.id = id;
    this.format = format;
    this.span = span;
  }
}

/** The asks of one connection: each is answered once, in the format it was asked in, while the connection lives. */
export class Calls {
  readonly #rules: CallsRules;
  readonly #open = new NumberMap<Call>();
  readonly #quick: QuickSends;

  constructor(rules: CallsRules) {
    this.#rules = rules;
    this.#quick = new QuickSends(rules.exposure, rules.sender);
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
    const { tracing } = this.#rules;
    const span = spanOf(tracing, frame);
    const call = new Call(id, format, span);
    this.#open.set(id, call);
    if (tracing && !span) this.#beginHushed(frame, call, tracing);
    else this.#begin(frame, call);
  }

  /** As inSpan() does, and without a closure: most requests are traced by nobody where any is. */
  #beginHushed(frame: AskFrame, call: Call, tracing: Tracing): void {
    const before = tracing.hush();
    try {
      this.#begin(frame, call);
    } finally {
      tracing.unhush(before);
    }
  }

  #begin(frame: AskFrame, call: Call): void {
    try {
      this.#refuseWhileDraining();
      const { maxInFlight } = this.#rules;
      if (this.#open.size > maxInFlight) {
        const message = `${maxInFlight} asks of this connection are unanswered: wait for one`;
        throw new HoldfastError("TooManyInFlight", message);
      }
      const quick = frame.key === undefined && frame.idempotent === undefined && frame.priority === undefined;
      const send = quick ? this.#quick.find(frame) : undefined;
      if (call.span) this.#beginInSpan(frame, call, send, call.span);
      else if (send) this.#send(frame, call, send);
      else void this.#perform(frame, call);
    } catch (error) {
      this.#fail(call, error);
    }
  }

  /** Apart, since it makes closures. */
  #beginInSpan(frame: AskFrame, call: Call, send: Send | undefined, span: RequestSpan): void {
    if (send) span.sends(() => this.#send(frame, call, send));
    else span.within(() => void this.#perform(frame, call));
  }

  /** Most calls: one answer, and neither promise nor signal on its way. */
  #send(frame: AskFrame, call: Call, send: Send): void {
    const { args, timeout } = frame;
    const bytes = call.format === "binary" ? plainWireBytes(args) : -1;
    if (bytes >= 0) {
      call.sent = send(args, timeout, bytes, this.#succeeds(call), this.#fails(call));
      return;
    }
    const placing = this.#placing(frame);
    try {
      const placed = fromWire(args, call.format, "args", placing?.place) as unknown[];
      call.sent = send(placed, timeout, -1, this.#succeeds(call), this.#fails(call));
    } finally {
      placing?.close();
    }
  }

  /** Made here, so that what they keep alive until the answer is the call alone, not its frame. */
  #succeeds(call: Call): (value: unknown) => void {
    return (value) => {
      this.#answer(call, { type: "result", id: call.id, value });
      this.#rules.onSettled();
    };
  }

  #fails(call: Call): (error: Error) => void {
    return (error) => this.#fail(call, error);
  }

  #fail(call: Call, error: unknown): void {
    this.#answer(call, { type: "error", id: call.id, error: toWireError(worded(error, call)) });
    this.#rules.onSettled();
  }

  /** @throws HoldfastError NotExposed, InvalidValue or Draining, for the session to say without an id */
  tell(frame: TellFrame, format: Format): void {
    this.#refuseWhileDraining();
    const { target } = this.#rules.exposure.find(frame.to, frame.method);
    const { tracing, sender } = this.#rules;
    const span = spanOf(tracing, frame);
    try {
      inSpan(tracing, span, () =>
        this.#withArgs(frame, format, (args) => target.tell(frame.method, args, { sender, ...said(frame) })),
      );
    } finally {
      span?.end(undefined);
    }
  }

  /** What the arguments hold in leased memory is in the call's care, or released. */
  #withArgs<Made>(frame: AskFrame | TellFrame, format: Format, call: (args: unknown[]) => Made): Made {
    const placing = this.#placing(frame);
    try {
      return call(fromWire(frame.args, format, "args", placing?.place) as unknown[]);
    } finally {
      placing?.close();
    }
  }

  #placing(frame: AskFrame | TellFrame): Placing | undefined {
    const { exposure, tensor } = this.#rules;
    return exposure.borrows(frame.to, frame.method) ? new Placing(tensor) : undefined;
  }

  cancel({ id }: CancelFrame): void {
    const call = this.#open.get(id);
    if (!call) return;
    call.givenUp = true;
    call.sent?.giveUp("Cancelled", "the caller's signal fired");
    call.abort?.abort();
    call.parts?.stop();
  }

  credit({ id, n }: CreditFrame): void {
    const call = this.#open.get(id);
    if (call?.parts) call.parts.grant(n);
    else if (call) call.credit += n;
  }

  /** The connection is gone: its asks are given up. */
  close(): void {
    for (const id of [...this.#open.keys()]) this.cancel({ type: "cancel", id });
  }

  async #perform(frame: AskFrame, call: Call): Promise<void> {
    const { exposure, sender, onSettled } = this.#rules;
    try {
      const { target, methods } = exposure.find(frame.to, frame.method);
      const abort = new AbortController();
      call.abort = abort;
      const options: CallOptions = {
        timeout: frame.timeout ?? DEFAULT_ASK_TIMEOUT,
        signal: abort.signal,
        sender,
        ...said(frame),
        ...(frame.idempotent === undefined ? {} : { idempotent: frame.idempotent }),
      };
      const asked: unknown = this.#withArgs(frame, call.format, (args) => target.ask(frame.method, args, options));
      // A target that does not know yet whether a method is a generator answers with what is both, promise and iterable.
      const iterable = isAsyncIterable(asked) && (methods[frame.method]!.stream || !("then" in asked));
      const value = iterable ? asked : await asked;
      if (isAsyncIterable(value)) await this.#stream(frame, call, value);
      else this.#answer(call, { type: "result", id: frame.id, value });
      onSettled();
    } catch (error) {
      this.#fail(call, error);
    }
  }

  async #stream({ id, credit }: AskFrame, call: Call, source: AsyncIterable<unknown>): Promise<void> {
    const { send, room, streamWindow } = this.#rules;
    const parts = new Parts(source, (credit ?? streamWindow) + call.credit, {
      part: (seq, value) => send({ type: "part", id, seq, value }, call.format),
      room,
    });
    call.parts = parts;
    if (call.givenUp) parts.stop();
    try {
      const count = await parts.run();
      if (call.givenUp) throw new HoldfastError("Cancelled", "the stream was cancelled");
      this.#answer(call, { type: "end", id, count });
    } catch (error) {
      parts.stop();
      const { details = {}, ...rest } = toWireError(error);
      this.#answer(call, {
        type: "error",
        id,
        error: { ...rest, details: { ...details, delivered: parts.count } },
      });
    }
  }

  #answer({ id, format, span }: Call, frame: ServerFrame): void {
    this.#open.delete(id);
    span?.end(frame.type === "error" ? frame.error.code : undefined);
    try {
      this.#rules.send(frame, format);
    } catch (error) {
      // The value cannot be sent (a function in it, or too large): that is the answer then.
      this.#rules.send({ type: "error", id, error: toWireError(error) }, format);
    }
  }

  #refuseWhileDraining(): void {
    if (this.#rules.draining()) throw new HoldfastError("Draining", "the server is stopping: ask another, or later");
  }
}

/** Whoever sent `cancel` has no signal: it is told of its own frame. */
function worded(error: unknown, { givenUp }: Call): unknown {
  if (!givenUp || !isHoldfastError(error, "Cancelled")) return error;
  const { retryable, details } = error;
  return new HoldfastError("Cancelled", "the ask was cancelled by its caller", { retryable, details, cause: error });
}

function said({ key, priority }: AskFrame | TellFrame): Pick<CallOptions, "key" | "priority"> {
  return { ...(key === undefined ? {} : { key }), ...(priority === undefined ? {} : { priority }) };
}
