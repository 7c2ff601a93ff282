import { DEFAULT_TAIL_BYTES, DEFAULT_TAIL_MESSAGES } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import { hasBegun, nextSequence } from "../host/control-block.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";
import { decodeError } from "../transport/error-codec.js";
import type { Packed, ToParent } from "../transport/frames.js";
import { unpack } from "../transport/values.js";
import { type Losses, settleAfterDeath } from "./after-death.js";
import type { Cell, CellMember } from "./cell.js";
import type { SystemContext } from "./context.js";
import type { DeathCause } from "./report.js";

export interface HandleOptions {
  readonly path: string;
  readonly key: string | undefined;
  readonly mailbox: Mailbox;
  /** Messages handed to the host ahead of execution. */
  readonly window: number;
  /** Take a snapshot with every nth message of a replayable actor. */
  readonly snapshotEvery: number;
}

/** What remains of an incarnation that ended. */
export interface Remains extends Losses {
  readonly cause: DeathCause;
  /** Charged to a message: one was executing, and nobody killed the host on purpose. */
  readonly guilty: boolean;
  readonly at: number | undefined;
}

/**
 * The parent's side of one actor: its place in a cell, what was sent and not yet settled, its last good snapshot. The
 * mailbox is handed in and outlives everything here; a pool's members share one.
 */
export class ActorHandle implements CellMember {
  readonly id: number;
  readonly path: string;
  readonly key: string | undefined;
  readonly mailbox: Mailbox;
  incarnation = 0;
  /** Its handler, start() or restore() threw, after it had been running. The cell lives. */
  onCrash: (remains: Remains) => void = () => {};
  /** A message was settled: service is there. */
  onServed: () => void = () => {};
  readonly #context: SystemContext;
  readonly #options: HandleOptions;
  readonly #inflight = new Map<number, Message>();
  #cell: Cell | undefined;
  #entry = 0;
  #phase: "down" | "starting" | "up" | "stopping" = "down";
  #begin: { resolve(): void; reject(error: Error): void } | undefined;
  #stopped: (() => void) | undefined;
  #seq = 0;
  #state: Packed | undefined;
  #sinceSnapshot = 0;
  #tail: Message[] = [];
  #tailBytes = 0;

  constructor(context: SystemContext, options: HandleOptions) {
    this.#context = context;
    this.#options = options;
    this.id = context.nextActor();
    this.path = options.path;
    this.key = options.key;
    this.mailbox = options.mailbox;
  }

  get busy(): boolean {
    return this.#inflight.size > 0;
  }

  get executing(): number {
    return this.#inflight.size;
  }

  serves(incarnation: number): boolean {
    return incarnation === this.incarnation && this.#phase !== "down";
  }

  get up(): boolean {
    return this.#phase === "up";
  }

  get cell(): Cell | undefined {
    return this.#cell;
  }

  /** Builds the next incarnation in a cell: constructor, restore(), start(). Rejects with what was thrown. */
  start(cell: Cell): Promise<void> {
    if (this.#cell !== cell) {
      this.#entry = cell.join(this);
      this.#cell = cell;
    }
    this.incarnation++;
    this.#phase = "starting";
    return new Promise((resolve, reject) => {
      this.#begin = { resolve, reject };
      const { id: actor, incarnation } = this;
      const { path, key } = this.#options;
      cell.send({ t: "start", actor, incarnation, slot: this.#entry, path, key, state: this.#state });
    });
  }

  /** Hands over as much mail as the window allows. Call it when mail came in. */
  pump(): void {
    while (this.#phase === "up" && this.#inflight.size < this.#options.window) {
      const message = this.mailbox.take();
      if (!message) return;
      this.#deliver(message);
    }
  }

  /** Finishes what executes, then stop(). What had not begun goes back to the mailbox. */
  stop(): Promise<void> {
    if (!this.#cell?.alive || this.#phase === "down") return Promise.resolve();
    this.#phase = "stopping";
    const { id: actor, incarnation } = this;
    return new Promise((resolve) => {
      this.#stopped = resolve;
      this.#cell!.send({ t: "stop", actor, incarnation });
    });
  }

  /** Its place in the cell ends: after stop(), a death of the cell, or to be moved. */
  end(cause: DeathCause, at?: number): Remains {
    this.#begin?.reject(new HoldfastError("StartFailed", `${this.path}: its host ended while it was starting`));
    const remains = this.#over(cause, 0, at);
    this.#cell?.leave(this, this.#entry);
    this.#cell = undefined;
    this.#stopped?.();
    this.#stopped = undefined;
    return remains;
  }

  /** Its state is let go: a key that was released or idle for long enough. */
  forget(): void {
    this.#state = undefined;
    this.#tail = [];
    this.#tailBytes = 0;
  }

  overdue(now: number): { method: string; limitMs: number; ageMs: number } | undefined {
    if (this.#inflight.size === 0 || !this.#cell) return undefined;
    for (const { seq, since } of this.#cell.executing(this.#entry)) {
      const method = this.#inflight.get(seq)?.method;
      const limitMs = method === undefined ? undefined : this.#cell.facts.methods[method]?.limitMs;
      if (limitMs !== undefined && now - since > limitMs) return { method: method!, limitMs, ageMs: now - since };
    }
    return undefined;
  }

  onFrame(frame: ToParent): void {
    if (!("incarnation" in frame) || frame.incarnation !== this.incarnation || this.#phase === "down") return;
    switch (frame.t) {
      case "started":
        this.#phase = "up";
        this.#begin?.resolve();
        this.#begin = undefined;
        this.pump();
        return;
      case "start-failed":
        this.#phase = "down";
        this.#begin?.reject(decodeError(frame.error));
        this.#begin = undefined;
        return;
      case "part":
        this.#part(frame);
        return;
      case "done":
        this.#done(frame);
        return;
      case "crashed":
        this.#cell?.cancelAsks(this);
        this.onCrash(this.#over({ kind: "threw", error: decodeError(frame.error) }, frame.seq, frame.at));
        return;
      case "stopped":
        this.end({ kind: "killed", by: "its supervisor" });
        return;
    }
  }

  #part({ seq, value }: Extract<ToParent, { t: "part" }>): void {
    const message = this.#inflight.get(seq);
    if (message?.settled) this.#more(message);
    else if (message) {
      message.partsDelivered++;
      message.onPart?.(this.#open(value));
    }
  }

  #deliver(message: Message): void {
    const facts = this.#cell!.facts;
    const method = facts.methods[message.method];
    if (!method) {
      const known = Object.keys(facts.methods).join(", ");
      message.fail(
        new HoldfastError("UnknownMethod", `${this.path} has no method "${message.method}"; it has: ${known}`),
      );
      return;
    }
    this.#seq = nextSequence(this.#seq);
    message.seq = this.#seq;
    message.place = "delivered";
    message.onGivenUp = () => this.#cancel(message);
    if (method.stream) message.onConsumed = () => this.#more(message);
    this.#inflight.set(message.seq, message);
    const left = message.settled ? Number.POSITIVE_INFINITY : message.deadline - this.#context.clock.now();
    this.#cell!.send({
      t: "call",
      actor: this.id,
      incarnation: this.incarnation,
      seq: message.seq,
      method: message.method,
      args: { value: message.args, special: message.special },
      left,
      snapshot: facts.replayable && this.#snapshotDue(message),
    });
  }

  #snapshotDue(message: Message): boolean {
    this.#sinceSnapshot++;
    const due =
      this.#sinceSnapshot >= this.#options.snapshotEvery ||
      this.#tail.length + this.#inflight.size >= DEFAULT_TAIL_MESSAGES ||
      this.#tailBytes + message.bytes >= DEFAULT_TAIL_BYTES;
    if (due) this.#sinceSnapshot = 0;
    return due;
  }

  #done(frame: Extract<ToParent, { t: "done" }>): void {
    const message = this.#inflight.get(frame.seq);
    if (!message) return;
    this.#inflight.delete(frame.seq);
    message.place = "gone";
    if (frame.state) {
      this.#state = frame.state;
      this.#tail = [];
      this.#tailBytes = 0;
    } else if (this.#cell?.facts.replayable) {
      this.#keep(message, frame.ran);
    }
    const { outcome } = frame;
    message.settle(
      outcome.ok ? { ok: true, value: this.#open(outcome.value) } : { ok: false, error: decodeError(outcome.error) },
    );
    this.onServed();
    this.pump();
  }

  /** What never ran is not replayed; and the snapshot that it was to bring is owed by the next. */
  #keep(message: Message, ran: boolean): void {
    if (!ran) {
      this.#sinceSnapshot = this.#options.snapshotEvery;
      return;
    }
    message.replay = true;
    this.#tail.push(message);
    this.#tailBytes += message.bytes;
  }

  /** The incarnation is over: read the record, settle or hand back what was with it. */
  #over(cause: DeathCause, threwSeq: number, at: number | undefined): Remains {
    this.#phase = "down";
    const cell = this.#cell;
    const delivered = [...this.#inflight.values()];
    this.#inflight.clear();
    const begun = cell?.begun(this.#entry) ?? [];
    const executing = new Map(cell?.executing(this.#entry).map(({ seq, since }) => [seq, since]));
    if (threwSeq !== 0) executing.set(threwSeq, executing.get(threwSeq) ?? this.#context.clock.now());
    const losses = settleAfterDeath(this.#context, this, {
      cause,
      delivered,
      tail: this.#tail,
      executing,
      threwSeq,
      begun: (seq) => begun.some((last) => hasBegun(seq, last)),
      facts: cell?.facts,
    });
    this.#tail = [];
    this.#tailBytes = 0;
    return { ...losses, cause, at, guilty: cause.kind !== "killed" && losses.executing.length > 0 };
  }

  #cancel(message: Message): void {
    const { id: actor, incarnation } = this;
    if (this.#inflight.get(message.seq) === message)
      this.#cell?.send({ t: "cancel", actor, incarnation, seq: message.seq });
  }

  #more(message: Message): void {
    const { id: actor, incarnation } = this;
    const frame = { t: "more", actor, incarnation, seq: message.seq, count: 1 } as const;
    if (this.#inflight.get(message.seq) === message) this.#cell?.send(frame);
  }

  #open(packed: Packed): unknown {
    return unpack(packed, (path) => this.#context.resolve(path));
  }
}
