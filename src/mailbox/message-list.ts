import type { Message } from "./message.js";

/** What holds a queued message, and lets it go when its caller gives up. */
export interface Holder {
  remove(message: Message): void;
}

/**
 * Messages in order, linked through themselves: one leaves from the middle in constant time, and nothing is allocated.
 * A message stands in one list at a time.
 */
export class MessageList {
  first: Message | undefined = undefined;
  last: Message | undefined = undefined;
  size = 0;
  bytes = 0;

  /** @param holder whom its caller asks to let it go; undefined where nobody can: it is delivered, no longer queued */
  append(message: Message, holder: Holder | undefined): void {
    const { last } = this;
    message.previous = last;
    if (last) last.next = message;
    else this.first = message;
    this.last = message;
    this.#count(message, holder);
  }

  prepend(message: Message, holder: Holder | undefined): void {
    const { first } = this;
    message.next = first;
    if (first) first.previous = message;
    else this.last = message;
    this.first = message;
    this.#count(message, holder);
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
    message.holder = undefined;
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

  #count(message: Message, holder: Holder | undefined): void {
    message.line = this;
    message.holder = holder;
    message.place = holder ? "queued" : "delivered";
    this.size++;
    this.bytes += message.bytes;
  }
}
