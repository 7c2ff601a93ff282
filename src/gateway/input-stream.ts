import type { Target } from "../actor/ref.js";
import type { Duration } from "../duration.js";
import { HoldfastError } from "../errors.js";
import type { ChunkFrame, ServerFrame } from "../protocol/frames.js";
import { badFrame } from "../protocol/limits.js";
import type { TraceContext } from "../protocol/trace-context.js";
import { type Format, fromWire } from "../protocol/values.js";
import { toWireError } from "../protocol/wire-error.js";
import { ordinary } from "../transport/ordinary.js";
import type { ChunkOutcome, RestoredStream, StreamRecord } from "./stream-record.js";

/** The connection that a stream is attached to, and the id it has there. */
export interface Attachment {
  readonly id: number;
  readonly format: Format;
  send(frame: ServerFrame, format: Format): void;
}

export interface InputStreamRules {
  readonly session: string;
  /** The exposed name. */
  readonly to: string;
  readonly key: string;
  readonly method: string;
  readonly target: Target;
  /** How long one chunk may take. */
  readonly timeout: Duration;
  readonly window: number;
  readonly detachMs: number;
  readonly sender: string;
  /** What its chunks belong to, as the client says. */
  readonly trace?: TraceContext | undefined;
  /** Every chunk is answered and no more will come: the actor may go. Called once. Resolves when that is for good. */
  readonly release: () => Promise<void> | undefined;
  /** The session is over: the table forgets it. Called once. */
  readonly forget: () => void;
  /** A chunk has been answered. */
  readonly onSettled: () => void;
  /** Where its actor is durable: what is kept of the stream for the next process. */
  readonly record: StreamRecord | undefined;
}

/**
 * One stream of chunks into one keyed actor, as the server holds it.
 *
 *            chunk n                 result n            ack n
 *   client ───────────▶ ask, ordered ─────────▶ outcomes ───────▶ forgotten, credit +1
 *            next = n+1               told = n            acked = n
 *
 *   acked < told <= next <= acked + 1 + window: outcomes between acked and next are kept, so a client that comes back
 *   with the last result it has gets every later one again, and no chunk runs twice.
 *
 *   Where the actor is durable, the outcome of a chunk is stored with what the chunk changed before anybody hears of it, and a
 *   process that comes after this one goes on from there.
 *
 *   phase:  flowing ──end──▶ ending ──last answer──▶ releasing ──▶ ended ──last ack──▶ over
 *              └──────────── cancel, or detached for detachMs ────────────▶ over
 */
export class InputStream {
  readonly rules: InputStreamRules;
  #phase: "flowing" | "ending" | "releasing" | "ended" | "over" = "flowing";
  #next = 0;
  #told = 0;
  #acked = -1;
  #pending = 0;
  readonly #outcomes: Map<number, ChunkOutcome>;
  readonly #abort = new AbortController();
  #attachment: Attachment | undefined;

  /** @param restored it was begun in a process before this one */
  constructor(rules: InputStreamRules, restored?: RestoredStream) {
    this.rules = rules;
    this.#outcomes = new Map(restored?.outcomes);
    if (!restored) return;
    this.#acked = restored.acked;
    this.#told = restored.acked + 1;
    this.#next = this.#told + this.#outcomes.size;
    if (restored.ended) this.#phase = "ended";
  }

  /** Chunks that are with the actor. */
  get pending(): number {
    return this.#pending;
  }

  get over(): boolean {
    return this.#phase === "over";
  }

  /** Whether this connection still has the stream: another one may have resumed it. */
  attachedTo(attachment: Attachment): boolean {
    return this.#attachment === attachment;
  }

  /**
   * A connection takes the stream, with every result up to `have`; whoever had it before is told.
   * @throws HoldfastError BadFrame for a `have` that no client of this stream can have
   */
  attach(attachment: Attachment, have: number, fresh: boolean): void {
    if (have >= this.#next) throw badFrame(`open.have is ${have}, but the next chunk of this stream is ${this.#next}`);
    if (have < this.#acked)
      throw badFrame(`open.have is ${have}, but ${this.#acked} was acknowledged and is forgotten`);
    const message = "the stream was resumed by another connection";
    this.#tell({ type: "error", error: toWireError(new HoldfastError("Cancelled", message)) });
    this.#attachment = attachment;
    this.#forgetUpTo(have);
    this.#told = have + 1;
    const { session, detachMs } = this.rules;
    const credit = this.#acked + 1 + this.rules.window - this.#next;
    this.#tell({ type: "opened", session, next: this.#next, credit, fresh, detachMs });
    this.#flush();
    if (this.#phase === "ended") this.#finish();
  }

  /** The connection went or let go; results are kept for the next one. */
  detach(): void {
    this.#attachment = undefined;
  }

  get detached(): boolean {
    return this.#attachment === undefined;
  }

  /**
   * One more chunk, or one that was sent before.
   * @throws HoldfastError BadFrame or TooManyInFlight for a client that does not keep the rules; nothing has changed then
   */
  chunk({ seq, args }: ChunkFrame, format: Format, draining: boolean): void {
    if (seq < this.#next) {
      this.#seenBefore(seq);
      return;
    }
    // Not taken and not answered: the client has been told to drain, keeps the chunk, and resumes elsewhere.
    if (draining) return;
    this.#check(seq);
    this.#ask(seq, args, format);
  }

  ack(seq: number): void {
    const newly = Math.min(seq, this.#told - 1) - this.#acked;
    if (newly <= 0) return;
    this.#forgetUpTo(this.#acked + newly);
    if (this.#phase === "ended") this.#overWhenAcked();
    else this.#tell({ type: "credit", n: newly });
  }

  end(): void {
    if (this.#phase !== "flowing") return;
    this.#phase = "ending";
    this.#flush();
  }

  /** Ends it now, whatever is under way. */
  cancel(): void {
    if (this.#phase === "over") return;
    const released = this.#phase === "ended" || this.#phase === "releasing";
    this.#phase = "over";
    this.#abort.abort();
    this.#outcomes.clear();
    if (!released) this.rules.release();
    this.#forget();
  }

  /** This process ends: who comes back finds it in the next one, where it is kept. */
  leave(): void {
    if (!this.rules.record) {
      this.cancel();
      return;
    }
    this.#phase = "over";
    this.#abort.abort();
    this.rules.forget();
  }

  #check(seq: number): void {
    if (this.#phase !== "flowing") throw badFrame(`chunk ${seq} comes after end`);
    if (seq > this.#next) throw badFrame(`chunk.seq is ${seq}, the next one is ${this.#next}: seqs have no gaps`);
    if (seq > this.#acked + this.rules.window) {
      const message = `${this.rules.window} chunks are not acknowledged: ack results and wait for credit`;
      throw new HoldfastError("TooManyInFlight", message);
    }
  }

  #ask(seq: number, args: unknown[], format: Format): void {
    this.#next = seq + 1;
    this.#pending += 1;
    const settle = (outcome: ChunkOutcome) => {
      this.#pending -= 1;
      if (this.#phase !== "over") {
        this.#outcomes.set(seq, outcome);
        this.#flush();
      }
      this.rules.onSettled();
    };
    const { target, method, key, sender, timeout, record, trace } = this.rules;
    const options = { key, sender, timeout, signal: this.#abort.signal, receipt: record?.receipt(seq), trace };
    // Called at once, for order; whatever it throws is this chunk's outcome.
    const asked = async () => target.ask(method, fromWire(args, format, "args") as unknown[], options);
    asked().then(
      // It is kept until the client has it for sure, and may be sent again.
      (value) => settle({ value: ordinary(value) }),
      (error: unknown) => {
        // Nothing came of one that is given up: whoever resumes sends it again.
        if (record && this.#phase !== "over") void record.failed(seq, error).then(() => settle({ error }));
        else settle({ error });
      },
    );
  }

  /** A chunk sent twice is not run twice: its result comes again if it is there, else when it is. */
  #seenBefore(seq: number): void {
    const outcome = this.#outcomes.get(seq);
    if (outcome && seq < this.#told) this.#tellOutcome(seq, outcome);
  }

  /** Results leave in the order of their seqs, whatever order they came in (a deadline may pass out of turn). */
  #flush(): void {
    for (let outcome = this.#outcomes.get(this.#told); outcome && this.#attachment; ) {
      const seq = this.#told;
      this.#told += 1;
      this.#tellOutcome(seq, outcome);
      outcome = this.#outcomes.get(this.#told);
    }
    if (this.#phase === "ending" && this.#pending === 0) {
      this.#phase = "releasing";
      const released = this.rules.release();
      if (released) void released.then(() => this.#released());
      else this.#released();
    }
  }

  #released(): void {
    if (this.#phase !== "releasing") return;
    this.#phase = "ended";
    this.#finish();
  }

  #finish(): void {
    this.#tell({ type: "end", count: this.#next });
    this.#overWhenAcked();
  }

  #overWhenAcked(): void {
    if (this.#acked !== this.#next - 1) return;
    this.#phase = "over";
    this.#forget();
  }

  #forget(): void {
    this.rules.record?.over();
    this.rules.forget();
  }

  #tellOutcome(seq: number, outcome: ChunkOutcome): void {
    if ("error" in outcome) {
      this.#tell({ type: "error", seq, error: toWireError(outcome.error) });
    } else {
      try {
        this.#tell({ type: "result", seq, value: outcome.value });
      } catch (error) {
        // It ran, but its value cannot be sent: that is its result, now and after a resume.
        this.#outcomes.set(seq, { error });
        this.#tell({ type: "error", seq, error: toWireError(error) });
      }
    }
    // The parent holds outcome and snapshot in one frame before the ask resolves: what has a result is safe.
    this.#tell({ type: "safe", seq });
  }

  #forgetUpTo(seq: number): void {
    if (seq > this.#acked) this.rules.record?.acked(seq);
    while (this.#acked < seq) {
      this.#acked += 1;
      this.#outcomes.delete(this.#acked);
    }
  }

  #tell(frame: Unaddressed): void {
    const to = this.#attachment;
    to?.send({ ...frame, id: to.id } as ServerFrame, to.format);
  }
}

/** A server frame before it is known which connection, and so which id, it goes to. */
type Unaddressed = ServerFrame extends infer F ? (F extends ServerFrame ? Omit<F, "id"> : never) : never;
