import { Message, type Sent } from "./message.js";
import { plainSize } from "./plain.js";
import { TellRun } from "./tell-run.js";

/** Who has a message in a list of its own, and can say what became of it. */
export interface Holder {
  /** Lets one go that is queued: its caller gave it up. */
  remove(message: Message): void;
  /** Takes up what the host has said and nobody has looked at yet: the outcome may be there. */
  hear(): void;
  /** The handler of one that was delivered was entered, as far as the record says now. */
  begun(message: Message): boolean;
  /** The caller gave up one that was delivered: its host is told. */
  cancel(message: Message): void;
}

/**
 * Messages in order, linked through themselves: one leaves from the middle in constant time, and nothing is allocated.
 * A message stands in one list at a time; of tells that are sent the same way, one stands for those behind it.
 */
export class MessageList {
  readonly holder: Holder;
  first: Message | undefined = undefined;
  last: Message | undefined = undefined;
  size = 0;
  bytes = 0;

  constructor(holder: Holder) {
    this.holder = holder;
  }

  append(message: Message, place: "queued" | "delivered"): void {
    const { last } = this;
    if (last === undefined) this.first = message;
    else {
      message.previous = last;
      last.next = message;
    }
    this.last = message;
    message.line = this;
    message.place = place;
    this.size++;
    this.bytes += message.bytes;
  }

  /**
   * A tell with one plain argument stands behind the last one, which was sent the same way and has never left, without a
   * message of its own.
   * @returns false where it needs one
   */
  join(sent: Sent, first: unknown, bytes: number): boolean {
    const { last } = this;
    if (last === undefined || last.sent !== sent || last.all !== undefined || last.seq !== 0) return false;
    if (last.more === undefined) last.more = new TellRun(first);
    else last.more.push(first);
    this.size++;
    this.bytes += bytes;
    return true;
  }

  /**
   * The first of several that stand in one message leaves, and that one is the next of them.
   * @returns its argument
   */
  slide(message: Message): unknown {
    const { first, bytes } = message;
    const more = message.more!;
    const next = more.shift();
    if (more.empty) message.more = undefined;
    message.first = next;
    message.all = undefined;
    message.bytes = plainSize(next);
    this.size--;
    this.bytes -= bytes;
    return first;
  }

  /** The same as a message. */
  split(message: Message): Message {
    const { sent, bytes } = message;
    return new Message(sent, this.slide(message), undefined, false, bytes, undefined);
  }

  prepend(message: Message, place: "queued" | "delivered"): void {
    const { first } = this;
    if (first === undefined) this.last = message;
    else {
      message.next = first;
      first.previous = message;
    }
    this.first = message;
    message.line = this;
    message.place = place;
    this.size++;
    this.bytes += message.bytes;
  }

  /** The first one leaves, and there is one. */
  shift(): Message {
    const message = this.first!;
    if (message.more !== undefined) return this.split(message);
    const { next } = message;
    this.first = next;
    if (next === undefined) this.last = undefined;
    else {
      next.previous = undefined;
      message.next = undefined;
    }
    message.line = undefined;
    this.size--;
    this.bytes -= message.bytes;
    return message;
  }

  /** @returns false for one that stands elsewhere */
  remove(message: Message): boolean {
    if (message.line !== this) return false;
    const { previous, next } = message;
    if (previous) {
      previous.next = next;
      message.previous = undefined;
    } else this.first = next;
    if (next) {
      next.previous = previous;
      message.next = undefined;
    } else this.last = previous;
    message.line = undefined;
    this.size--;
    this.bytes -= message.bytes;
    return true;
  }

  /** Those that have no outcome yet. */
  get owed(): number {
    let sum = this.size;
    for (let one = this.first; one; one = one.next) if (one.settled) sum--;
    return sum;
  }

  /** Tells that are no messages yet are not looked at. */
  has(such: (message: Message) => boolean): boolean {
    for (let one = this.first; one; one = one.next) if (such(one)) return true;
    return false;
  }

  /** The messages in order; the list is empty then. */
  takeAll(): Message[] {
    const all: Message[] = [];
    while (this.first !== undefined) all.push(this.shift());
    return all;
  }
}
