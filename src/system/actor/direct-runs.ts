import type { Clock } from "../../clock.js";
import { type DirectLine, later } from "../../host/direct-line.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message, Sent } from "../../mailbox/message.js";
import type { MessageTrace } from "../../mailbox/message-trace.js";
import type { SystemContext } from "../context.js";
import type { Runnable, RunQueue } from "../run-queue.js";
import type { Addressee } from "./addressee.js";
import type { Inflight } from "./inflight.js";

interface Numbering {
  /** One that waits in the mailbox may run at once, and has its number now. Else it goes the way of all. */
  numbered(message: Message): boolean;
  /** The same of tells that are no messages yet: whether they run at once, and the number of the next. */
  runsBare(sent: Sent): boolean;
  next(): number;
}

/**
 * Runs the messages of an actor in this very thread, in its turn:
 *
 *   accepted ─▶ in flight, queued ─▶ its turn ─▶ begun ─▶ handler ─▶ settled at once
 *                     │                                     └─ later: delivered, as to any host
 *                     └─ given up: it leaves, and never began
 *   in the mailbox, and nothing in flight ─▶ its turn ─▶ …
 *
 * What waits in the mailbox is not moved into flight first where it can run at once: of a flood most is there. The window is
 * filled again when something new is accepted, so the mailbox has room as if that had been done after each message.
 */
export class DirectRuns implements Runnable {
  nextReady: Runnable | undefined = undefined;
  readonly #clock: Clock;
  readonly #queue: RunQueue;
  readonly #to: Addressee;
  readonly #inflight: Inflight;
  readonly #numbering: Numbering;
  /** The way to the incarnation named below, if that runs in this thread. */
  #line: DirectLine | undefined;
  #lineOf = 0;
  /** It stands in the run queue. */
  #ready = false;
  /** The mailbox is its alone. */
  readonly #alone: boolean;

  constructor(
    { clock, runQueue }: SystemContext,
    to: Addressee,
    inflight: Inflight,
    numbering: Numbering,
    alone: boolean,
  ) {
    this.#clock = clock;
    this.#alone = alone;
    this.#queue = runQueue;
    this.#to = to;
    this.#inflight = inflight;
    this.#numbering = numbering;
  }

  /** Whether this incarnation is reached directly. */
  get on(): boolean {
    const { id, incarnation, cell } = this.#to;
    if (this.#lineOf !== incarnation) {
      this.#lineOf = incarnation;
      this.#line = cell?.host.line?.(id, incarnation);
    }
    return this.#line !== undefined;
  }

  /** A new message need not wait for others: none is in the mailbox, where the window has room. */
  takes(message: Message): boolean {
    const { mailbox, cell } = this.#to;
    if (this.#line === undefined || !mailbox.empty || !this.#to.takesMail) return false;
    return this.on && message.bytes <= mailbox.limits.bytes && cell!.inquest.trials === undefined;
  }

  /** A message that is handed over now is the next to run in this thread, and soon. */
  get idle(): boolean {
    return this.#queue.idle && this.#inflight.size === 0 && this.#to.mailbox.empty && this.on && this.#to.takesMail;
  }

  /** Only while `on`. */
  hand(message: Message): void {
    this.#inflight.append(message, "queued");
    if (message.deadline !== Number.POSITIVE_INFINITY) this.#queue.exact();
    this.getReady();
  }

  /** What waited for the one before may have come to its turn. */
  goOn(): void {
    this.#queue.exact();
    this.getReady();
  }

  /** A tell with one plain argument can wait in the mailbox behind one that was sent the same way: this will come to it. */
  joins(sent: Sent, first: unknown): boolean {
    return this.#ready && this.#alone && this.#to.mailbox.join(sent, first);
  }

  /** What is in flight, or waits for it, may have come to its turn. */
  getReady(): void {
    if (this.#ready || this.#line === undefined) return;
    const { first } = this.#inflight;
    if (first === undefined ? !this.#alone || this.#to.mailbox.empty : first.place !== "queued") return;
    this.#ready = true;
    this.#queue.add(this);
  }

  run(most: number, now: number): number {
    this.#ready = false;
    const to = this.#to;
    if (!this.on || !to.takesMail) {
      this.count();
      return 0;
    }
    const line = this.#line!;
    const mailbox = this.#alone ? to.mailbox : undefined;
    const { inquest } = to.cell!;
    const inflight = this.#inflight;
    let served = false;
    for (let ran = 0; ran < most; ran++) {
      // A handler may end its own actor, or the whole system.
      if (this.#line !== line || !line.open) {
        this.count();
        return ran;
      }
      const { first } = inflight;
      const message = first ?? mailbox?.next;
      if (message === undefined || first?.place === "delivered") return ran;
      if (message.answer !== undefined && message.deadline <= now) {
        message.giveUp("Timeout", "its deadline passed");
        continue;
      }
      if (first !== undefined) message.place = "delivered";
      else if (message.more !== undefined && inquest.trials === undefined && this.#numbering.runsBare(message.sent)) {
        const some = this.#runBare(message, mailbox!, line, most - ran, now, !served);
        served = true;
        ran += some - 1;
        continue;
      } else if (inquest.trials === undefined && this.#numbering.numbered(message)) {
        mailbox!.take();
        inflight.enter(message, line);
      } else {
        // It has to be looked at more closely.
        to.pump();
        continue;
      }
      const { trace } = message;
      const value = trace === undefined ? line.run(message, now) : this.#followed(line, message, trace);
      if (value === later) {
        message.answer?.count(now);
        inflight.enlist(message);
        if (message.line === inflight) to.cell?.watch.begin();
        continue;
      }
      if (!inflight.left(message)) inflight.remove(message);
      message.place = "gone";
      message.succeed(value);
      // Of what is told of a message that has left, more than the first of a slice changes nothing where nobody takes turns.
      if (served && inquest.trials === undefined) continue;
      served = this.#alone;
      to.freed(true, !this.#alone);
    }
    this.getReady();
    return most;
  }

  #followed(line: DirectLine, message: Message, trace: MessageTrace): unknown {
    const now = this.#clock.now();
    trace.handed(this.#to, now);
    return trace.within(() => line.run(message, now));
  }

  /**
   * Runs tells that stand in one message, as the next of the mailbox, and are none themselves unless somebody asks.
   * @returns how many, at least 1
   */
  #runBare(all: Message, mailbox: Mailbox, line: DirectLine, most: number, now: number, tells: boolean): number {
    const to = this.#to;
    const { sent } = all;
    const { tally } = sent;
    const { inquest } = to.cell!;
    const inflight = this.#inflight;
    let untold = tells;
    let ran = 0;
    inflight.enter(undefined, line);
    do {
      const seq = this.#numbering.next();
      const left = line.tell(sent, mailbox.slide(all), seq, now);
      ran++;
      if (left !== undefined) {
        inflight.enlist(left);
        if (left.line === inflight) to.cell?.watch.begin();
        return ran;
      }
      const alone = inflight.apart;
      if (alone) tally.told++;
      else inflight.over(seq);
      if (untold || inquest.trials !== undefined) {
        inflight.left(undefined);
        to.freed(true, false);
        // Who hears of it may have sent more, and so have moved what waits.
        if (inflight.size > 0) return ran;
        if (alone) inflight.enter(undefined, line);
      }
      untold = false;
      if (!alone) return ran;
      if (this.#line !== line || !line.open || inquest.trials !== undefined) break;
    } while (ran < most && all.more !== undefined);
    inflight.left(undefined);
    return ran;
  }

  /** Nothing more begins in this incarnation. */
  close(): void {
    this.#line = undefined;
    this.count();
  }

  /** What was to be over at once does not run now: its time is counted. Nothing else is in flight then. */
  count(): void {
    this.#inflight.first?.answer?.count(this.#clock.now());
  }

  /** The incarnation is over. */
  end(): void {
    this.count();
    this.#line = undefined;
    this.#lineOf = 0;
  }
}
