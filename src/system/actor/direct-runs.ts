import { type DirectLine, later } from "../../host/direct-line.js";
import type { Courier, Message } from "../../mailbox/message.js";
import type { Holder } from "../../mailbox/message-list.js";
import type { Runnable, RunQueue } from "../run-queue.js";
import type { Addressee } from "./deliveries.js";
import type { Inflight } from "./inflight.js";

interface DirectCourier extends Courier {
  /** One that waits in the mailbox may run at once, and has its number now. Else it goes the way of all. */
  numbered(message: Message): boolean;
  /** It never began, and is with the actor no more. */
  left(message: Message): void;
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
export class DirectRuns implements Runnable, Holder {
  nextReady: Runnable | undefined = undefined;
  readonly #queue: RunQueue;
  readonly #to: Addressee;
  readonly #inflight: Inflight;
  readonly #courier: DirectCourier;
  /** The way to the incarnation named below, if that runs in this thread. */
  #line: DirectLine | undefined;
  #lineOf = 0;
  /** It stands in the run queue. */
  #ready = false;
  /** The mailbox is its alone. */
  readonly #alone: boolean;

  constructor(queue: RunQueue, to: Addressee, inflight: Inflight, courier: DirectCourier, alone: boolean) {
    this.#alone = alone;
    this.#queue = queue;
    this.#to = to;
    this.#inflight = inflight;
    this.#courier = courier;
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

  /** Only while `on`. */
  hand(message: Message): void {
    this.#inflight.append(message, this);
    this.getReady();
  }

  /** One that has not begun is given up. */
  remove(message: Message): void {
    if (!this.#inflight.remove(message)) return;
    this.#courier.left(message);
    this.#to.freed(false);
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
    const inflight = this.#inflight;
    for (let ran = 0; ran < most; ran++) {
      const { first } = inflight;
      const message = first ?? (this.#alone ? to.mailbox.next : undefined);
      // A handler may end its own actor, or the whole system.
      if (message?.place !== "queued" || !to.takesMail || !this.on || !this.#line!.open) return ran;
      if (message.deadline <= now) message.giveUp("Timeout", "its deadline passed");
      else if (first !== undefined || this.#pull(message)) this.#run(message, now);
      else to.pump();
    }
    this.getReady();
    return most;
  }

  /** @returns false where it has to be looked at more closely */
  #pull(message: Message): boolean {
    if (this.#to.cell!.inquest.trials !== undefined || !this.#courier.numbered(message)) return false;
    this.#to.mailbox.take();
    this.#inflight.enter(message);
    return true;
  }

  /** The incarnation is over. */
  end(): void {
    this.#line = undefined;
    this.#lineOf = 0;
  }

  #run(message: Message, now: number): void {
    message.holder = undefined;
    message.place = "delivered";
    message.courier = this.#courier;
    const value = this.#line!.run(message, now);
    if (value === later) {
      if (message.line === this.#inflight) this.#to.cell?.watch.begin();
      return;
    }
    this.#inflight.remove(message);
    message.place = "gone";
    message.succeed(value);
    this.#to.freed(true, !this.#alone);
  }
}
