import type { Notice } from "../actor/notice.js";
import { onAbort } from "../actor/on-abort.js";
import type { CallOptions } from "../actor/ref.js";
import { milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { decodeError } from "../transport/error-codec.js";
import type { Packed, SpawnSpec, ToParent, WireOutcome } from "../transport/frames.js";
import { pack } from "../transport/values.js";

export interface HostAsk {
  /** Who asks. */
  readonly actor: number;
  readonly incarnation: number;
  /** Whom. */
  readonly path: string;
  readonly method: string;
  readonly args: unknown[];
  readonly options: CallOptions;
}

interface Asker {
  readonly actor: number;
  readonly incarnation: number;
}

interface Pending {
  readonly ask: Asker;
  promise?: Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Asks that actors in this host make of others. The parent keeps the ledger and the deadline; here is only who waits. */
export class HostAsks {
  readonly #send: (frame: ToParent) => void;
  readonly #pending = new Map<number, Pending>();
  /** Calls of death watches that have not fired, by who watches. */
  readonly #watches = new Map<string, Set<number>>();
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
        reject(cancelled(ask));
        return;
      }
      this.#post(ask, call);
      const giveUp = () => {
        this.#pending.delete(call);
        this.#send({ t: "drop-ask", call });
        reject(cancelled(ask));
      };
      const forget = signal && onAbort(signal, giveUp);
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          forget?.();
          then(value);
        };
      pending = { ask, resolve: settled(resolve), reject: settled(reject) };
      this.#pending.set(call, pending);
    });
    if (pending) pending.promise = answer;
    answer[Symbol.asyncIterator] = noStream;
    return answer;
  }

  /** @param spec makes it, or throws what the promise rejects with */
  spawn({ actor, incarnation }: Asker, name: string | undefined, spec: () => SpawnSpec): Promise<unknown> {
    return this.#request({ actor, incarnation }, (call) => ({
      t: "spawn",
      actor,
      incarnation,
      call,
      name,
      spec: spec(),
    }));
  }

  watch({ actor, incarnation }: Asker, path: string, key: string | undefined): Promise<Notice> {
    const who = `${actor} ${incarnation}`;
    return this.#request({ actor, incarnation }, (call) => {
      const watches = this.#watches.get(who) ?? new Set();
      this.#watches.set(who, watches.add(call));
      return { t: "watch", actor, incarnation, call, path, key };
    }) as Promise<Notice>;
  }

  /** An incarnation is over: what it watched is of no interest, and the parent will not answer. */
  forget({ id, incarnation }: { id: number; incarnation: number }): void {
    if (this.#watches.size === 0) return;
    const who = `${id} ${incarnation}`;
    for (const call of this.#watches.get(who) ?? []) this.#pending.delete(call);
    this.#watches.delete(who);
  }

  #request(ask: Asker, frame: (call: number) => ToParent): Promise<unknown> {
    const call = ++this.#last;
    const promise = new Promise((resolve, reject) => {
      const made = frame(call);
      this.#pending.set(call, { ask, resolve, reject });
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
   * @param open unpacks a value for who asked
   * @param over whether who asked has ended: what it left waiting is rejected for whoever of it still runs, and where nobody
   * does that is no error that nobody caught, which would end the host, or inline the program
   */
  answer(
    call: number,
    outcome: WireOutcome,
    open: (packed: Packed, actor: number, incarnation: number) => unknown,
    over: (asker: Asker) => boolean,
  ): void {
    const pending = this.#pending.get(call);
    if (!pending) return;
    this.#pending.delete(call);
    this.#watches.get(`${pending.ask.actor} ${pending.ask.incarnation}`)?.delete(call);
    if (outcome.ok) pending.resolve(open(outcome.value, pending.ask.actor, pending.ask.incarnation));
    else {
      if (over(pending.ask)) pending.promise?.catch(() => {});
      pending.reject(decodeError(outcome.error));
    }
  }

  #post(ask: HostAsk, call: number): void {
    const { actor, incarnation, path, method, options } = ask;
    const args = pack(ask.args, "args");
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

function cancelled(ask: HostAsk): HoldfastError {
  return new HoldfastError("Cancelled", `${ask.method}: the caller's signal fired`);
}
