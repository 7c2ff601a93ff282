import type { MethodNames } from "../actor/ref.js";
import { HoldfastError, toError } from "../errors.js";
import type { Message, Special } from "../mailbox/message.js";
import { decodeError, encodeError } from "../transport/error-codec.js";
import { pack, type ResolveRef, unpack } from "../transport/values.js";
import { brief } from "./expectations.js";

type Method<A, M extends keyof A> = A[M] extends (...args: infer P) => infer R
  ? { args: P; result: Awaited<R> }
  : never;

/** The arguments of a method, as a tuple. */
export type ArgsOf<A, M extends keyof A> = Method<A, M>["args"];
/** What a method answers. */
export type ResultOf<A, M extends keyof A> = Method<A, M>["result"];

/** One message that a probe got. */
export interface Received<A, M extends MethodNames<A>> {
  readonly method: M;
  /** The probe's own copy, as it was sent. */
  readonly args: ArgsOf<A, M>;
  /** The path of the actor that sent it; "app", or what the ref was kept with, for a call from outside the tree. */
  readonly sender: string;
  /** Which actor of a keyed group was meant, where the ref named one. */
  readonly key: string | undefined;
  /** An ask: somebody waits for the answer. */
  readonly ask: boolean;
  /** It has its one outcome: it was answered, or its caller gave up. A tell has it from the start. */
  readonly settled: boolean;
  /** @throws HoldfastError InvalidValue when the value cannot be sent, or nobody waits for it (any more) */
  reply(value: ResultOf<A, M>): void;
  /**
   * Answers with an error: a HoldfastError arrives as it is (`refuse(…)`), any other as what a throwing handler gives,
   * HandlerFailed.
   */
  fail(error: Error | string): void;
}

/** One of the messages an actor's protocol allows; `method` tells which. */
export type AnyReceived<A> = { [M in MethodNames<A>]: Received<A, M> }[MethodNames<A>];

/** A message of the ledger, as a probe shows it. Untyped inside: the probe's own type says what may come. */
export class ReceivedMessage {
  readonly method: string;
  readonly args: unknown[];
  readonly sender: string;
  readonly key: string | undefined;
  readonly ask: boolean;
  readonly #message: Message;
  readonly #path: string;
  readonly #resolve: ResolveRef;

  constructor(message: Message, key: string | undefined, path: string, resolve: ResolveRef) {
    this.method = message.method;
    this.args = own(message.args, message.special, resolve) as unknown[];
    this.sender = message.sender;
    this.ask = message.ask;
    this.key = key;
    this.#message = message;
    this.#path = path;
    this.#resolve = resolve;
  }

  get settled(): boolean {
    return this.#message.settled;
  }

  reply(value: unknown): void {
    this.#mustWait();
    const packed = pack(value, "the reply");
    this.#message.settle({ ok: true, value: own(packed.value, packed.special, this.#resolve) });
  }

  fail(thrown: Error | string): void {
    this.#mustWait();
    this.#message.fail(this.failure(thrown));
  }

  /** As its caller would get it from a real actor. */
  failure(thrown: unknown): Error {
    const error = decodeError(encodeError(thrown));
    if (error instanceof HoldfastError) return error;
    const { name, message } = toError(thrown);
    return new HoldfastError("HandlerFailed", `${this.#path}: ${this.method} threw ${name}: ${message}`, {
      cause: error,
    });
  }

  /** Gives the outcome to whoever still waits; a tell, or a caller that gave up, is left alone. */
  answer(outcome: { value: unknown } | { thrown: unknown }): void {
    if (this.#message.settled) return;
    try {
      if ("thrown" in outcome) this.#message.fail(this.failure(outcome.thrown));
      else this.reply(outcome.value);
    } catch (error) {
      this.#message.fail(toError(error));
    }
  }

  toString(): string {
    return `${this.method}(${this.args.map(brief).join(", ")}) from ${this.sender}`;
  }

  #mustWait(): void {
    if (this.ask && !this.#message.settled) return;
    const why = this.ask ? "it is settled already: answered, or given up by its caller" : "it was a tell";
    throw new HoldfastError("InvalidValue", `nobody waits for an answer to ${this}: ${why}`);
  }
}

/** Nobody else may change it later. */
function own(value: unknown, special: Special, resolve: ResolveRef): unknown {
  return unpack({ value: structuredClone(value), special }, resolve);
}
