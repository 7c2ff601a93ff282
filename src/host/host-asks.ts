import type { Notice } from "../actor/notice.js";
import { onAbort } from "../actor/on-abort.js";
import type { CallOptions } from "../actor/ref.js";
import { milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { NumberMap } from "../number-map.js";
import { type TraceContext, traceContextOf } from "../protocol/trace-context.js";
import { decodeError } from "../transport/error-codec.js";
import type { SpawnSpec, ToParent, WireOutcome } from "../transport/frames.js";
import { pack, type ResolveRef, unpack } from "../transport/values.js";
import type { Incarnation } from "./own-errors.js";

/** An incarnation that asks: refs in what it is answered are its own. */
export interface AskingActor extends Incarnation {
  readonly refs: ResolveRef;
  /** The trace that what it asks now belongs to. */
  readonly trace?: TraceContext | undefined;
}

export interface HostAsk {
  readonly asker: AskingActor;
  /** Whom. */
  readonly path: string;
  readonly method: string;
  readonly args: unknown[];
  readonly options: CallOptions;
}

interface Pending {
  readonly asker: AskingActor;
  promise?: Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Asks that actors in this host make of others. The parent keeps the ledger and the deadline; here is only who waits. */
export class HostAsks {
  readonly #send: (frame: ToParent) => void;
  readonly #pending = new NumberMap<Pending>();
  /** Calls of death watches that have not fired, by who watches. */
  readonly #watches = new Map<Incarnation, Set<number>>();
  #last = 0;

  constructor(send: (frame: ToParent) => void) {
    this.#send = send;
  }

  ask(ask: HostAsk): Promise<unknown> {
    let pending: Pending | undefined;
    const answer: Promise<unknown> & Partial<AsyncIterable<unknown>> = new Promise((resolve, reject) => {
      const call = ++this.#last;
      const { signal } = ask.options;
      if (signal?.aborted) {
        reject(cancelled(ask, signal));
        return;
      }
      this.#post(ask, call);
      const giveUp = (fired: AbortSignal) => {
        this.#pending.delete(call);
        this.#send({ t: "drop-ask", call });
        reject(cancelled(ask, fired));
      };
      const forget = signal && onAbort(signal, () => giveUp(signal));
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          forget?.();
          then(value);
        };
      pending = { asker: ask.asker, resolve: settled(resolve), reject: settled(reject) };
      this.#pending.set(call, pending);
    });
    if (pending) pending.promise = answer;
    answer[Symbol.asyncIterator] = noStream;
    return answer;
  }

  /** @param spec makes it, or throws what the promise rejects with */
  spawn(asker: AskingActor, name: string | undefined, spec: () => SpawnSpec): Promise<unknown> {
    const { id: actor, incarnation } = asker;
    return this.#request(asker, (call) => {
      return { t: "spawn", actor, incarnation, call, name, spec: spec(), late: late(asker) };
    });
  }

  watch(asker: AskingActor, path: string, key: string | undefined): Promise<Notice> {
    const { id: actor, incarnation } = asker;
    return this.#request(asker, (call) => {
      const watches = this.#watches.get(asker) ?? new Set();
      this.#watches.set(asker, watches.add(call));
      return { t: "watch", actor, incarnation, call, path, key };
    }) as Promise<Notice>;
  }

  /** An incarnation is over: what it watched is of no interest, and the parent will not answer. */
  forget(ended: Incarnation): void {
    for (const call of this.#watches.get(ended) ?? []) this.#pending.delete(call);
    this.#watches.delete(ended);
  }

  #request(asker: AskingActor, frame: (call: number) => ToParent): Promise<unknown> {
    const call = ++this.#last;
    const promise = new Promise((resolve, reject) => {
      const made = frame(call);
      this.#pending.set(call, { asker, resolve, reject });
      this.#send(made);
    });
    const pending = this.#pending.get(call);
    if (pending) pending.promise = promise;
    return promise;
  }

  /** From inside a host a tell is accepted when it is sent; what the parent then refuses is a dead letter. */
  tell(ask: HostAsk): boolean {
    this.#post(ask, 0);
    return true;
  }

  /**
   * What an asker that has ended left waiting is rejected for whoever of it still runs; and where nobody does, that is no
   * error that nobody caught, which would end the host, or inline the program.
   */
  answer(call: number, outcome: WireOutcome): void {
    const pending = this.#pending.get(call);
    if (!pending) return;
    const { asker, promise, resolve, reject } = pending;
    this.#pending.delete(call);
    this.#watches.get(asker)?.delete(call);
    if (outcome.ok) resolve(unpack(outcome.value, asker.refs));
    else {
      if (asker.ended) promise?.catch(() => {});
      reject(decodeError(outcome.error));
    }
  }

  #post(ask: HostAsk, call: number): void {
    const { asker, path, method, options } = ask;
    const { id: actor, incarnation } = asker;
    const args = pack(ask.args, "args");
    const said = options.trace && traceContextOf(options.trace.traceparent, options.trace.tracestate);
    const trace = said ?? asker.trace;
    this.#send({
      t: "ask",
      actor,
      incarnation,
      call,
      path,
      key: options.key,
      method,
      args: { value: args.value, special: args.special },
      timeoutMs: options.timeout === undefined ? -1 : milliseconds(options.timeout, "timeout"),
      idempotent: options.idempotent ?? false,
      priority: options.priority,
      late: late(asker),
      ...(trace ? { trace } : {}),
    });
  }
}

/** `for await` over an answer: the parent refuses a stream with the reason; anything else is no stream. */
function noStream(this: Promise<unknown>): AsyncIterator<unknown> {
  const next = async (): Promise<never> => {
    await this;
    throw new HoldfastError("InvalidValue", "this answer is one value, not a stream: await it instead");
  };
  return { next };
}

function cancelled(ask: HostAsk, { reason: cause }: AbortSignal): HoldfastError {
  return new HoldfastError("Cancelled", `${ask.method}: the caller's signal fired`, { cause });
}

/** The path of one that has ended. */
function late({ ended, path }: Incarnation): string | undefined {
  return ended ? path : undefined;
}
