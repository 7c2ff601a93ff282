import { HoldfastError } from "../errors.js";
import type { Asker } from "./asker.js";

/**
 * Whether a packed value needs work on its way: true when wrapped errors, refs or tensors are inside, which the receiver
 * unwraps; "large" when only arrays are, which may travel beside it.
 */
export type Special = boolean | "large";

/** How an ask ends: once, with one of these. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: Error };

/** Who has handed a message to a host, and can say what became of it there. */
export interface Courier {
  /** Its handler was entered, as far as the record says now. */
  begun(message: Message): boolean;
  /** Its caller gave it up: the host is told. */
  cancel(message: Message): void;
}

/** A death that a message was charged with. */
export interface Charge {
  /** The number of its report. */
  readonly report: number;
  /** In one line. */
  readonly cause: string;
}

/** Where a message is; a death moves a delivered one back to `queued`, and from `gone` nothing returns. */
type Place = "queued" | "delivered" | "gone";

export interface MessageInit {
  method: string;
  /** Packed: ready to cross to any host, and kept until settled in case it must be delivered again. */
  args: unknown[];
  special: Special;
  bytes: number;
  ask: boolean;
  sender: string;
  /** The caller's own declaration; the method's is known by the receiver. */
  idempotent: boolean;
  /** Monotonic ms; Infinity for none. */
  deadline: number;
  asker?: Asker | undefined;
  onSettled: (outcome: Outcome, message: Message) => void;
}

/** One ask or tell, and at the same time its ledger entry: it settles exactly once. */
export class Message {
  readonly method: string;
  readonly args: unknown[];
  readonly special: Special;
  readonly bytes: number;
  readonly ask: boolean;
  readonly sender: string;
  readonly idempotent: boolean;
  readonly deadline: number;
  /** Number among its receiver's messages, given anew at each delivery. 0 before. */
  seq = 0;
  /** When it was handed to a host last, monotonic ms. */
  deliveredAt = 0;
  /** Deaths it was executing at and may have caused. */
  deaths = 0;
  /** Its answer was given and its effect is not in a snapshot yet: it runs again after a death, to rebuild the state. */
  replay = false;
  /** It was executing at a death that nobody could be named for, or caused one: it is tried again alone. */
  suspect = false;
  /** The deaths it was charged with, as their reports say. */
  charges: Charge[] | undefined;
  /** Of the same system. */
  readonly asker: Asker | undefined;
  /** Values of an output stream that have arrived for the caller. */
  partsDelivered = 0;
  onPart: ((value: unknown) => void) | undefined;
  /** The consumer took one value of the stream: its host may send one more. */
  onConsumed: (() => void) | undefined;
  place: Place = "queued";
  /** Its caller has an outcome. A replayed message runs once more all the same, to rebuild state; nobody hears of it. */
  settled = false;
  /** While it is delivered. */
  courier: Courier | undefined;
  previous: Message | undefined;
  next: Message | undefined;
  /** The list of that mailbox in which it stands. */
  line: object | undefined;
  /** The mailbox that holds it now. */
  holder: { remove(message: Message): void } | undefined;
  readonly #onSettled: MessageInit["onSettled"];

  constructor(init: MessageInit) {
    this.method = init.method;
    this.args = init.args;
    this.special = init.special;
    this.bytes = init.bytes;
    this.ask = init.ask;
    this.sender = init.sender;
    this.idempotent = init.idempotent;
    this.deadline = init.deadline;
    this.asker = init.asker;
    this.#onSettled = init.onSettled;
  }

  /** The call came from an actor of the same system: a draining one still takes it. */
  get inner(): boolean {
    return this.asker !== undefined;
  }

  /** The first call counts; later ones return false. */
  settle(outcome: Outcome): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#onSettled(outcome, this);
    return true;
  }

  fail(error: Error): boolean {
    return this.settle({ ok: false, error });
  }

  /**
   * The caller no longer wants it: it leaves the queue, or its host is told. One that was handed over and has not begun
   * may still begin before its host hears of it, so only one that never left is safe to send again.
   */
  giveUp(code: "Cancelled" | "Timeout", why: string): void {
    if (this.settled) return;
    const courier = this.place === "delivered" ? this.courier : undefined;
    const started = courier?.begun(this) ?? false;
    const where = started
      ? "it may have run"
      : courier
        ? "it had been handed over and not begun"
        : "it had not started";
    this.holder?.remove(this);
    this.fail(
      new HoldfastError(code, `${this.method}: ${why} (${where})`, { retryable: !courier, details: { started } }),
    );
    courier?.cancel(this);
  }
}
