import { milliseconds } from "../duration.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import { tellListener } from "../guarded.js";
import type { ErrorFrame, OpenedFrame, ServerFrame } from "../protocol/frames.js";
import type { TraceContext } from "../protocol/trace-context.js";
import { fromWire, toWire } from "../protocol/values.js";
import { fromWireError } from "../protocol/wire-error.js";
import { type Deferred, deferred } from "./deferred.js";
import type { InputStream, StreamOptions, StreamState } from "./input-stream.js";
import { type Chunk, KeptChunks } from "./kept-chunks.js";
import type { Link } from "./link.js";
import { PartsInbox } from "./parts-inbox.js";
import { ResultCursor } from "./result-cursor.js";
import { weigh } from "./weigh.js";

export interface StreamRules {
  /** What its chunks belong to. */
  readonly trace: TraceContext | undefined;
  readonly to: string;
  readonly link: () => Link;
  readonly maxBuffered: number;
  readonly onOver: () => void;
  /** Nothing of it is under way: a draining server may be left. */
  readonly onQuiet: () => void;
}

const KEEP_BYTES = 64 * 1024 * 1024;

/**
 *   push ─▶ kept ──credit──▶ chunk{seq} ─▶ result{seq} ─▶ push's promise, for await ─▶ ack{seq}
 *             ▲                              safe{seq} ─▶ forgotten
 *             └──── drop: open{session, have}, opened{next}: sent again from `next` (from 0 if fresh, if all is kept)
 */
export class ClientStream implements InputStream {
  readonly #rules: StreamRules;
  readonly #options: StreamOptions;
  readonly #timeoutMs: number | undefined;
  readonly #kept: KeptChunks;
  readonly #listeners = new Set<(state: StreamState) => void>();
  #state: StreamState = { state: "detached", reason: "not opened yet" };
  #session: string | undefined;
  /** Its id on the present connection. */
  #id = -1;
  #credit = 0;
  /** The next chunk to send. */
  #cursor = 0;
  readonly #results = new ResultCursor();
  #endSent = false;
  #end: Deferred<number> | undefined;
  #inbox: PartsInbox | undefined;
  #iterated = false;

  constructor(rules: StreamRules, options: StreamOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#timeoutMs =
      options.timeout === undefined ? undefined : milliseconds(options.timeout, `${rules.to} stream timeout`);
    this.#kept = new KeptChunks(options.keep ?? "until-safe", options.keepBytes ?? KEEP_BYTES);
  }

  get state(): StreamState {
    return this.#state;
  }

  /** It has asked a server for itself and waits for the answer. */
  get opening(): boolean {
    return this.#id >= 0 && this.#state.state === "detached";
  }

  /** Chunks whose results have not arrived, of those that were sent on this connection. */
  get underWay(): boolean {
    return this.#state.state === "attached" && this.#results.told + 1 < this.#cursor;
  }

  push(...args: unknown[]): Promise<unknown> {
    let wired: unknown[];
    try {
      this.#mayPush();
      wired = toWire(args, "binary", "args") as unknown[];
    } catch (error) {
      return Promise.reject(error);
    }
    const promise = new Promise<unknown>((resolve, reject) => {
      this.#kept.push({ seq: this.#kept.pushed, args: wired, bytes: weigh(wired), resolve, reject });
    });
    // Who iterates hears of failures there.
    if (this.#iterated) promise.catch(() => {});
    this.#pump();
    return promise;
  }

  end(): Promise<number> {
    if (this.#end) return this.#end.promise;
    this.#end = deferred<number>();
    if (this.#state.state === "failed") this.#end.reject(this.#state.error);
    else this.#pump();
    return this.#end.promise;
  }

  cancel(): void {
    if (this.#over) return;
    if (this.#state.state === "attached") this.#send({ type: "cancel" });
    this.fail(new HoldfastError("Cancelled", `the stream into ${this.#rules.to} was cancelled`));
  }

  subscribe(listener: (state: StreamState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Results in order. Ask for it before pushing, and results wait here until they are consumed. */
  [Symbol.asyncIterator](): AsyncIterator<unknown, undefined> {
    if (!this.#inbox) {
      this.#iterated = true;
      this.#results.iterate();
      this.#inbox = new PartsInbox({ window: 1, grant: () => this.#consume(), leave: () => this.cancel() });
    }
    if (this.#state.state === "failed") this.#inbox.fail(this.#state.error);
    if (this.#state.state === "ended") this.#inbox.end();
    return this.#inbox;
  }

  /** A connection is there: open or resume, under this id. */
  attach(id: number): void {
    this.#id = id;
    const { key, method } = this.#options;
    const session = this.#session;
    const have = session === undefined ? undefined : this.#results.told;
    const asked = { key, method, session, have, timeout: this.#timeoutMs, ...this.#rules.trace };
    this.#send({ type: "open", to: this.#rules.to, ...asked });
  }

  detach(reason: string): void {
    this.#id = -1;
    if (!this.#over && this.#state.state !== "detached") this.#enter({ state: "detached", reason });
  }

  /** A frame with this stream's id. */
  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "opened":
        this.#opened(frame);
        break;
      case "result":
        this.#outcome(frame.seq!, (chunk) => {
          const value = fromWire(frame.value, "binary", "value");
          chunk?.resolve(value);
          this.#inbox?.put(value);
        });
        break;
      case "error":
        this.#error(frame);
        break;
      case "safe":
        this.#kept.safe(frame.seq);
        break;
      case "credit":
        this.#credit += frame.n;
        this.#pump();
        break;
      case "end":
        this.#ended(frame.count);
        break;
    }
  }

  fail(error: HoldfastError): void {
    if (this.#over) return;
    this.#id = -1;
    for (let seq = this.#results.have + 1; seq < this.#kept.pushed; seq++) this.#kept.get(seq)?.reject(error);
    this.#inbox?.fail(error);
    this.#end?.reject(error);
    this.#enter({ state: "failed", error });
    this.#rules.onOver();
  }

  get #over(): boolean {
    return this.#state.state === "ended" || this.#state.state === "failed";
  }

  #mayPush(): void {
    if (this.#state.state === "failed") throw this.#state.error;
    if (this.#end) throw new HoldfastError("InvalidValue", `the stream into ${this.#rules.to} has ended: open another`);
    if (this.#kept.owedBytes <= this.#rules.maxBuffered) return;
    const message = `${this.#kept.owedBytes} bytes of the stream into ${this.#rules.to} wait already: await earlier pushes`;
    throw new HoldfastError("MailboxFull", message);
  }

  #opened({ session, next, credit, fresh }: OpenedFrame): void {
    const resumed = this.#session !== undefined;
    this.#session = session;
    this.#endSent = false;
    this.#results.resumed();
    let replayed = 0;
    if (fresh) {
      if (this.#end && this.#results.have === this.#kept.pushed - 1) {
        // Everything had arrived but the word of the end, which went down with the connection.
        this.#send({ type: "cancel" });
        this.#ended(this.#kept.pushed);
        return;
      }
      if (!this.#kept.replayable) {
        this.#send({ type: "cancel" });
        const message = `the server has lost the state of the stream into ${this.#rules.to}, and its first chunks are not kept`;
        this.fail(new HoldfastError("StreamLost", `${message}: open it with keep: "all" to replay it`));
        return;
      }
      replayed = Math.min(this.#cursor, this.#kept.pushed);
      this.#kept.replay();
      this.#results.fresh();
    }
    this.#cursor = next;
    this.#credit = credit;
    this.#enter({ state: "attached", resumed, replayed });
    this.#pump();
  }

  #outcome(seq: number, settle: (chunk: Chunk | undefined) => void): void {
    const arrival = this.#results.arrived(seq);
    if (arrival === "out of turn") return;
    // On a replay results come again: their pushes have settled already.
    if (arrival === "new") settle(this.#kept.get(seq));
    this.#ack();
    if (!this.underWay) this.#rules.onQuiet();
  }

  #error({ seq, error: wire }: ErrorFrame): void {
    const error = fromWireError(wire);
    if (seq !== undefined) {
      this.#outcome(seq, (chunk) => {
        chunk?.reject(error);
        this.#inbox?.fail(error);
        // Iteration is over; later results go to their pushes, and credit must not wait for a consumer.
        this.#inbox = undefined;
        this.#results.iterated();
      });
    } else if (isHoldfastError(error, "Draining")) {
      this.detach(error.message);
    } else {
      this.fail(error);
    }
  }

  #ended(count: number): void {
    // It may forget the session: every result is here, consumed or not.
    if (count > 0) this.#send({ type: "ack", seq: count - 1 });
    this.#id = -1;
    this.#inbox?.end();
    this.#enter({ state: "ended", count });
    this.#end?.resolve(count);
    this.#rules.onOver();
  }

  #consume(): void {
    this.#results.consume();
    this.#ack();
  }

  #ack(): void {
    const window = this.#rules.link().welcome?.limits.streamWindow ?? 1;
    const seq = this.#results.ack(this.underWay, window);
    if (seq !== undefined) this.#send({ type: "ack", seq });
  }

  #pump(): void {
    if (this.#state.state !== "attached") return;
    const link = this.#rules.link();
    while (link.ready && this.#credit > 0 && this.#cursor < this.#kept.pushed) {
      try {
        const chunk = this.#kept.get(this.#cursor);
        if (!chunk)
          throw new HoldfastError(
            "StreamLost",
            `the server wants chunk ${this.#cursor} again, which it had called safe`,
          );
        this.#send({ type: "chunk", seq: chunk.seq, args: chunk.args });
      } catch (error) {
        // It can never be sent, and seqs have no gaps.
        this.#send({ type: "cancel" });
        this.fail(error as HoldfastError);
        return;
      }
      this.#cursor += 1;
      this.#credit -= 1;
    }
    if (this.#end && !this.#endSent && link.ready && this.#cursor === this.#kept.pushed) {
      this.#endSent = true;
      this.#send({ type: "end" });
    }
  }

  #send(frame: Record<string, unknown> & { type: string }): void {
    if (this.#id >= 0) this.#rules.link().send({ ...frame, id: this.#id } as never);
  }

  #enter(state: StreamState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) tellListener(listener, state, "a stream's states");
  }
}
