import { noSuchMethod } from "../actor/methods.js";
import { HoldfastError } from "../errors.js";
import { hasBegun, nextSequence } from "../host/control-block.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Courier, Message } from "../mailbox/message.js";
import { decodeError } from "../transport/error-codec.js";
import type { Packed, ToParent } from "../transport/frames.js";
import { unpack } from "../transport/values.js";
import { type Remains, settleAfterDeath } from "./after-death.js";
import { chargesMessages, isBlamed } from "./blame.js";
import type { Cell } from "./cell.js";
import type { CellMember } from "./cell-member.js";
import type { SystemContext } from "./context.js";
import type { HandleOptions } from "./handle-options.js";
import { type Late, overdue, waitsTooLong } from "./late.js";
import { ReplayLog } from "./replay-log.js";
import type { DeathCause } from "./report.js";
import type { Begun } from "./unit.js";

/**
 * The parent's side of one actor: its place in a cell, what was sent and not yet settled, its last good snapshot. The
 * mailbox is handed in and outlives everything here; a pool's members share one.
 */
export class ActorHandle implements CellMember, Courier {
  readonly id: number;
  readonly path: string;
  readonly key: string | undefined;
  readonly mailbox: Mailbox;
  incarnation = 0;
  /** It crashed after it had been running. The cell lives. */
  onCrash: (remains: Remains) => void = () => {};
  /** A message was settled: service is there. */
  onServed: () => void = () => {};
  readonly #context: SystemContext;
  readonly #options: HandleOptions;
  readonly #inflight = new Map<number, Message>();
  #cell: Cell | undefined;
  #entry = 0;
  #phase: "down" | "starting" | "up" | "stopping" = "down";
  /** The host may hold this incarnation, and run what was delivered to it. */
  #present = false;
  #begin: { resolve(how: Begun): void; reject(error: Error): void } | undefined;
  readonly #stopped: (() => void)[] = [];
  #seq = 0;
  readonly #log: ReplayLog;

  constructor(context: SystemContext, options: HandleOptions) {
    this.#context = context;
    this.#options = options;
    this.#log = new ReplayLog(options.snapshotEvery);
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
  start(cell: Cell): Promise<Begun> {
    if (this.#cell !== cell) {
      this.#entry = cell.join(this);
      this.#cell = cell;
    }
    this.#begin?.reject(new HoldfastError("StartFailed", `${this.path}: another start took the place of this one`));
    this.incarnation++;
    this.#phase = "starting";
    this.#present = true;
    return new Promise((resolve, reject) => {
      this.#begin = { resolve, reject };
      const { id: actor, incarnation, path, key } = this;
      const { state } = this.#log;
      cell.send({ t: "start", actor, incarnation, slot: this.#entry, path, key, props: undefined, state });
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
    this.#cell.send({ t: "stop", actor: this.id, incarnation: this.incarnation });
    return new Promise((resolve) => this.#stopped.push(resolve));
  }

  /**
   * Its place in the cell ends: after stop(), at a death of the cell, or with no grace. A host that is still there is told
   * to fence it: what was delivered counts as begun, and its entries are free once the host has answered.
   */
  end(cause: DeathCause, at?: number): Remains {
    const cell = this.#cell;
    const zombie = this.#present && cell?.alive === true;
    this.#begin?.reject(new HoldfastError("StartFailed", `${this.path}: its host ended while it was starting`));
    const remains = this.#over(cause, 0, at, zombie);
    if (zombie) cell.fence(this, this.#entry, this.incarnation);
    else cell?.leave(this, this.#entry);
    this.#cell = undefined;
    return remains;
  }

  /** Its state is let go: a key that was released or idle for long enough. */
  forget(): void {
    this.#log.forget();
  }

  get changing(): boolean {
    return this.#phase === "starting" || this.#phase === "stopping";
  }

  get executingNow(): number {
    const executing = this.#inflight.size > 0 ? this.#cell?.executing(this.#entry) : undefined;
    return executing?.filter(({ seq }) => this.#inflight.has(seq)).length ?? 0;
  }

  waitsTooLong(now: number): Late | undefined {
    return this.#cell && waitsTooLong(now, this.id, this.#inflight, this.#cell.facts);
  }

  overdue(now: number): Late | undefined {
    const cell = this.#inflight.size > 0 ? this.#cell : undefined;
    return cell && overdue(now, this.id, this.#inflight, cell.executing(this.#entry), cell.facts);
  }

  onFrame(frame: ToParent): void {
    if (!("incarnation" in frame) || frame.incarnation !== this.incarnation || this.#phase === "down") return;
    switch (frame.t) {
      case "started":
        this.#phase = "up";
        this.#begin?.resolve("ready");
        this.#begin = undefined;
        this.pump();
        return;
      case "ignored":
      case "start-failed":
        this.#neverRan(frame);
        return;
      case "part":
        this.#part(frame);
        return;
      case "done":
        this.#done(frame);
        return;
      case "crashed":
        this.#cell?.cancelAsks(this);
        // A timer of it threw before start() was done.
        if (this.#begin) this.#neverRan(frame);
        else this.onCrash(this.#over({ kind: "threw", error: decodeError(frame.error) }, frame.seq, frame.at));
        return;
      case "stopped":
        this.#present = false;
        this.end({ kind: "killed", by: "its supervisor" });
        return;
    }
  }

  #neverRan(frame: Extract<ToParent, { t: "ignored" | "start-failed" | "crashed" }>): void {
    this.#phase = "down";
    this.#present = false;
    if (frame.t === "ignored") this.#begin?.resolve("ignored");
    else this.#begin?.reject(decodeError(frame.error));
    this.#begin = undefined;
  }

  #part({ seq, value }: Extract<ToParent, { t: "part" }>): void {
    const message = this.#inflight.get(seq);
    if (!message) return;
    // Nobody reads: it must not wait for credit for ever.
    if (message.settled || !message.onPart) this.#more(message);
    else {
      message.partsDelivered++;
      message.onPart(this.#open(value));
    }
  }

  #deliver(message: Message): void {
    const facts = this.#cell!.facts;
    const method = Object.hasOwn(facts.methods, message.method) ? facts.methods[message.method] : undefined;
    if (!method) {
      message.fail(noSuchMethod(this.path, message.method, facts));
      return;
    }
    this.#seq = nextSequence(this.#seq);
    message.seq = this.#seq;
    message.place = "delivered";
    const now = this.#context.clock.now();
    message.deliveredAt = now;
    message.courier = this;
    if (method.stream) message.onConsumed = () => this.#more(message);
    this.#inflight.set(message.seq, message);
    const left = message.settled ? Number.POSITIVE_INFINITY : message.deadline - now;
    this.#cell!.send({
      t: "call",
      actor: this.id,
      incarnation: this.incarnation,
      seq: message.seq,
      method: message.method,
      args: { value: message.args, special: message.special },
      left,
      snapshot: facts.replayable && this.#log.due(message, this.#inflight.size),
      again: facts.replayable || method.idempotent || message.idempotent,
    });
  }

  #done(frame: Extract<ToParent, { t: "done" }>): void {
    const message = this.#inflight.get(frame.seq);
    if (!message) return;
    this.#inflight.delete(frame.seq);
    message.place = "gone";
    if (frame.state) {
      this.#log.took(frame.state);
    } else if (this.#cell?.facts.replayable) {
      this.#log.keep(message, frame.ran);
    }
    const { outcome } = frame;
    message.settle(
      outcome.ok ? { ok: true, value: this.#open(outcome.value) } : { ok: false, error: decodeError(outcome.error) },
    );
    this.onServed();
    this.pump();
  }

  /** The incarnation is over: read the record, settle or hand back what was with it. */
  #over(cause: DeathCause, threwSeq: number, at: number | undefined, zombie = false): Remains {
    const running = this.executingNow;
    this.#begin = undefined;
    this.#phase = "down";
    this.#present = zombie;
    for (const tell of this.#stopped.splice(0)) tell();
    const cell = this.#cell;
    const delivered = [...this.#inflight.values()];
    this.#inflight.clear();
    const begun = cell?.begun(this.#entry) ?? [];
    const executing = new Map(cell?.executing(this.#entry).map(({ seq, since }) => [seq, since]));
    if (threwSeq !== 0) executing.set(threwSeq, executing.get(threwSeq) ?? this.#context.clock.now());
    const scene = {
      cause,
      actor: this.id,
      threwSeq,
      suspects: cause.kind === "threw" ? running : (cell?.suspects ?? 0),
    };
    const losses = settleAfterDeath(this.#context, this, {
      cause,
      delivered,
      tail: this.#log.takeTail(),
      executing,
      threwSeq,
      begun: (seq) => zombie || begun.some((last) => hasBegun(seq, last)),
      blamed: (seq) => isBlamed(scene, seq),
      facts: cell?.facts,
    });
    return { ...losses, cause, at, guilty: chargesMessages(cause) && losses.executing.length > 0 };
  }

  begun(message: Message): boolean {
    const delivered = this.#inflight.get(message.seq) === message;
    return delivered && (this.#cell?.begun(this.#entry).some((last) => hasBegun(message.seq, last)) ?? false);
  }

  cancel(message: Message): void {
    const { id: actor, incarnation } = this;
    if (this.#inflight.get(message.seq) === message)
      this.#cell?.send({ t: "cancel", actor, incarnation, seq: message.seq });
  }

  #more(message: Message): void {
    const { id: actor, incarnation } = this;
    const { seq } = message;
    if (this.#inflight.get(seq) === message) this.#cell?.send({ t: "more", actor, incarnation, seq, count: 1 });
  }

  #open(packed: Packed): unknown {
    return unpack(packed, (path) => this.#context.resolve(path));
  }
}
