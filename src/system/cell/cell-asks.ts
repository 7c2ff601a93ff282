import { HoldfastError } from "../../errors.js";
import { encodeError } from "../../transport/error-codec.js";
import type { ToHost, ToParent } from "../../transport/frames.js";
import { releaseAll } from "../../transport/lease.js";
import { plainDataBytes } from "../../transport/plain-data.js";
import { pack, unpack } from "../../transport/values.js";
import type { SystemContext } from "../context.js";
import { shapeOf } from "../death/evidence.js";
import { unsent } from "../letters/held-mail.js";
import type { InnerCallOptions } from "../sent.js";
import type { CellMember } from "./cell-member.js";
import { OpenAsks } from "./open-asks.js";

type AskFrame = Extract<ToParent, { t: "ask" }>;
type SpawnFrame = Extract<ToParent, { t: "spawn" }>;
type WatchFrame = Extract<ToParent, { t: "watch" }>;

/** Asks that the actors of one cell make of others: they go through the parent, which holds the ledger. */
export class CellAsks {
  readonly #context: SystemContext;
  readonly #send: (frame: ToHost) => void;
  readonly #open = new OpenAsks();

  constructor(context: SystemContext, send: (frame: ToHost) => void) {
    this.#context = context;
    this.#send = send;
  }

  /**
   * @param asker undefined when the asking incarnation is over: what it still sends is heard by nobody
   * @param sender who asks, for dead letters
   */
  ask(frame: AskFrame, asker: CellMember | undefined, sender: string): void {
    if (!asker) {
      this.#fenced(frame, sender);
      return;
    }
    const target = this.#context.resolve(frame.path);
    const args = unpack(frame.args, (path) => this.#context.resolve(path)) as unknown[];
    const options: InnerCallOptions = {
      asker,
      sender,
      idempotent: frame.idempotent,
      ...(frame.key === undefined ? {} : { key: frame.key }),
      ...(frame.priority === undefined ? {} : { priority: frame.priority }),
      ...(frame.trace === undefined ? {} : { trace: frame.trace }),
      ...(frame.timeoutMs < 0 ? {} : { timeout: frame.timeoutMs }),
    };
    if (frame.call === 0) target.tell(frame.method, args, options);
    else {
      const ask = (signal: AbortSignal) => target.ask(frame.method, args, { ...options, signal });
      void this.#forward(
        frame.actor,
        frame.call,
        ask,
        asker,
        frame.key === undefined ? frame.path : `${frame.path}/${frame.key}`,
      );
    }
  }

  /** @param member who asks; undefined when that incarnation is over */
  spawn({ actor, incarnation, call, name, spec }: SpawnFrame, member: CellMember | undefined, sender: string): void {
    if (!member) {
      this.#count(sender, incarnation, "ask");
      this.#answerLate(call, "spawn()");
      return;
    }
    const over = () => !member.serves(incarnation);
    void this.#forward(actor, call, () => member.spawn({ name, spec, over }));
  }

  /** Ends with its incarnation, in silence. */
  watch({ actor, call, path, key }: WatchFrame, live: boolean): void {
    if (!live) return;
    const abort = this.#open.add(actor, call);
    const unwatch = this.#context.watches.watch(path, key, (value) => {
      this.#open.delete(call);
      this.#send({ t: "answer", call, outcome: { ok: true, value: { value, special: false } } });
    });
    abort.signal.addEventListener("abort", () => {
      this.#open.delete(call);
      unwatch();
    });
  }

  #fenced({ path, key, method, args, call, incarnation }: AskFrame, sender: string): void {
    this.#count(sender, incarnation, call === 0 ? "tell" : "ask");
    if (call === 0) {
      const shape = shapeOf(args.value);
      const letter = { path, to: path, key, incarnation, sender, method, reason: "fenced", ask: false, shape };
      const { value, special } = args;
      // Its size was never asked for: nobody was to get it.
      const bytes = special === false ? plainDataBytes(value) : -1;
      const held = { args: value as unknown[], special, bytes, deaths: 0, charges: [] };
      this.#context.deaths.deadLetter(letter, bytes < 0 ? unsent("its sender's incarnation was over") : held);
      return;
    }
    this.#answerLate(call, method);
  }

  #count(path: string, incarnation: number, what: "ask" | "tell"): void {
    this.#context.events.emit({ type: "fenced", path, incarnation, what, count: 1 });
  }

  #answerLate(call: number, what: string): void {
    const error = new HoldfastError("ActorStopped", `${what} was not sent: the asking actor's incarnation is over`);
    this.#send({ t: "answer", call, outcome: { ok: false, error: encodeError(error) } });
  }

  drop(call: number): void {
    this.#open.cancel(call);
  }

  /** When the asker dies its asks are cancelled. */
  cancelFor(actor: number): void {
    this.#open.cancelFor(actor);
  }

  cancelAll(): void {
    this.#open.cancelAll();
  }

  /** @param asker with `receiver`, who asks whom: it may wait for itself */
  async #forward(
    actor: number,
    call: number,
    ask: (signal: AbortSignal) => Promise<unknown>,
    asker?: CellMember,
    receiver = "",
  ): Promise<void> {
    const abort = this.#open.add(actor, call);
    let stuck: Error | undefined;
    const forget =
      asker &&
      this.#context.deadlocks?.watch(asker, receiver, (error) => {
        stuck = error;
        abort.abort();
      });
    try {
      const result = await ask(abort.signal);
      if (typeof result === "object" && result !== null && Symbol.asyncIterator in result) {
        // One that has begun already must not wait for a reader.
        abort.abort();
        throw new HoldfastError(
          "InvalidValue",
          "its answer is a stream, which an actor cannot read from another: ask for its values in batches instead",
        );
      }
      const value = pack(result, "the result");
      // It crosses as a copy: here nobody has it any more.
      releaseAll(result);
      this.#send({ t: "answer", call, outcome: { ok: true, value } });
    } catch (error) {
      this.#send({ t: "answer", call, outcome: { ok: false, error: encodeError(stuck ?? error) } });
    } finally {
      forget?.();
      this.#open.delete(call);
    }
  }
}
