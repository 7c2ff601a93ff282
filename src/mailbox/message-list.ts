import type { Message } from "./message.js";

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
 * A message stands in one list at a time.
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

  /** The messages in order; the list is empty then. */
  takeAll(): Message[] {
    const all: Message[] = [];
    for (let { first } = this; first; first = this.first) {
      this.remove(first);
      all.push(first);
    }
    return all;
  }
}
