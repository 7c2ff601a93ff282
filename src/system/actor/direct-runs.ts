import { type DirectLine, later } from "../../host/direct-line.js";
import type { Courier, Message } from "../../mailbox/message.js";
import type { Holder } from "../../mailbox/message-list.js";
import type { Runnable, RunQueue } from "../run-queue.js";
import type { Addressee } from "./deliveries.js";
import type { Inflight } from "./inflight.js";

interface DirectCourier extends Courier {
  /** It never began, and is with the actor no more. */
  left(message: Message): void;
}

/**
 * Runs the messages of an actor in this very thread, in its turn:
 *
 *   accepted ─▶ in flight, queued ─▶ its turn ─▶ begun ─▶ handler ─▶ settled at once
 *                     │                                     └─ later: delivered, as to any host
 *                     └─ given up: it leaves, and never began
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

  constructor(queue: RunQueue, to: Addressee, inflight: Inflight, courier: DirectCourier) {
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

  /** A new message need not wait for others: none is in the mailbox, and the window has room. */
  takes(message: Message, window: number): boolean {
    const { mailbox, cell } = this.#to;
    if (this.#line === undefined || this.#inflight.size >= window || !mailbox.empty || !this.#to.takesMail)
      return false;
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

  /** What is in flight may have come to its turn. */
  getReady(): void {
    if (this.#ready || this.#line === undefined || this.#inflight.first?.place !== "queued") return;
    this.#ready = true;
    this.#queue.add(this);
  }

  run(most: number, now: number): number {
    this.#ready = false;
    let ran = 0;
    for (; ran < most; ran++) {
      const message = this.#inflight.first;
      // A handler may end its own actor, or the whole system.
      if (message?.place !== "queued" || !this.#to.takesMail || !this.on || !this.#line!.open) return ran;
      if (message.deadline <= now) message.giveUp("Timeout", "its deadline passed");
      else this.#run(message, now);
    }
    this.getReady();
    return ran;
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
    this.#to.freed(true);
  }
}
