import { LIGHT_MAIL_BYTES } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import type { MailRoom } from "./mail-room.js";
import type { Message, Sent } from "./message.js";
import { type Holder, MessageList } from "./message-list.js";
import { plainSize } from "./plain.js";

/** What happens to a message that finds the mailbox full. */
export type Overflow = "refuse" | "drop-oldest" | "wait";

export interface MailboxLimits {
  readonly messages: number;
  readonly bytes: number;
  readonly overflow: Overflow;
}

/**
 * A bounded queue that lives in the parent and outlives its actor. A linked list: a message whose caller gave up leaves
 * from the middle in constant time, and a death hands messages back at the front.
 *
 * With `overflow: "wait"` as many messages and bytes again may wait outside; they come in as room is made, or leave at their
 * deadline. Beyond that even "wait" refuses: everything is bounded.
 */
export class Mailbox implements Holder {
  readonly limits: MailboxLimits;
  /** Made with the first message: most of many actors have none. */
  #inside: MessageList | undefined;
  /** Made when a message first has to wait outside. */
  #outside: MessageList | undefined;
  readonly #owner: string;
  /** Up to so many bytes it asks nobody. */
  readonly #lightBytes: number;
  /** Undefined: it has no others beside it. */
  readonly #room: MailRoom | undefined;

  constructor(owner: string, limits: MailboxLimits, room?: MailRoom) {
    this.#owner = owner;
    this.limits = limits;
    this.#room = room;
    this.#lightBytes = room ? Math.min(limits.bytes, LIGHT_MAIL_BYTES) : limits.bytes;
  }

  /** Messages that wait, those outside included. */
  get size(): number {
    return (this.#inside?.size ?? 0) + (this.#outside?.size ?? 0);
  }

  get bytes(): number {
    return (this.#inside?.bytes ?? 0) + (this.#outside?.bytes ?? 0);
  }

  get empty(): boolean {
    return this.#inside?.first === undefined;
  }

  /** Accepts the message or throws MailboxFull (InvalidValue for one that could never fit). */
  push(message: Message): void {
    this.#inside ??= new MessageList(this);
    const inside = this.#inside;
    // A light one does not overtake a heavy one that waits for room: order holds.
    if (this.#outside?.first === undefined && this.#isLight(inside, message)) inside.append(message, "queued");
    else this.#pushHeavy(message);
  }

  #pushHeavy(message: Message): void {
    if (this.#outside?.first === undefined && this.#takes(message)) this.#queue.append(message, "queued");
    else this.#pushFull(message);
  }

  /**
   * Takes a tell with one plain argument that can stand behind the last message.
   * @returns false where it has to be pushed
   */
  join(sent: Sent, first: unknown): boolean {
    const inside = this.#inside;
    if (inside === undefined || inside.size >= this.limits.messages || this.#outside?.first !== undefined) return false;
    const bytes = plainSize(first);
    return inside.bytes + bytes <= this.#lightBytes && inside.join(sent, first, bytes);
  }

  /** The first of several tells that stand in the next message leaves. @returns its argument */
  slide(next: Message): unknown {
    const first = this.#inside!.slide(next);
    if (this.#outside?.first !== undefined) this.#letIn();
    return first;
  }

  #pushFull(message: Message): void {
    const most = Math.min(this.limits.bytes, this.#room?.bytes ?? Number.POSITIVE_INFINITY);
    if (message.bytes > most) {
      const option = most < this.limits.bytes ? "the system's memory.mailMb" : "mailbox.bytes";
      throw new HoldfastError(
        "InvalidValue",
        `a message of ${message.bytes} bytes can never fit the mailbox of ${this.#owner} (${most} bytes): raise ${option}`,
      );
    }
    if (this.limits.overflow === "drop-oldest") {
      this.#makeRoom(message);
      this.#queue.append(message, "queued");
    } else if (this.limits.overflow === "wait" && this.#holds(this.#outside, message) && this.#hasRoom(message)) {
      this.#outside ??= new MessageList(this);
      this.#outside.append(message, "queued");
    } else {
      throw this.#full();
    }
  }

  /** The next message, which stays. */
  get next(): Message | undefined {
    return this.#inside?.first;
  }

  /** Whether there is such a one among those that wait, outside too. Tells that are no messages yet are not looked at. */
  has(such: (message: Message) => boolean): boolean {
    for (let one = this.#inside?.first; one; one = one.next) if (such(one)) return true;
    for (let one = this.#outside?.first; one; one = one.next) if (such(one)) return true;
    return false;
  }

  /** The next message, or undefined. */
  take(): Message | undefined {
    const inside = this.#inside;
    if (inside?.first === undefined) return undefined;
    const message = inside.shift();
    if (this.#outside?.first !== undefined) this.#letIn();
    return message;
  }

  /** Puts messages back at the front, in the order given. Never refuses: they were accepted once. */
  handBack(messages: readonly Message[]): void {
    for (let i = messages.length - 1; i >= 0; i--) this.#queue.prepend(messages[i]!, "queued");
  }

  remove(message: Message): void {
    const outside = this.#outside;
    if (message.line === outside) outside?.remove(message);
    else this.#queue.remove(message);
    if (outside?.first) this.#letIn();
  }

  /** What waits here was handed to nobody. */
  hear(): void {}

  begun(): boolean {
    return false;
  }

  cancel(): void {}

  #letIn(): void {
    const outside = this.#outside;
    while (outside?.first && this.#fits(outside.first)) {
      const waiting = outside.first;
      outside.remove(waiting);
      this.#queue.append(waiting, "queued");
    }
  }

  /** Empties the mailbox; the caller settles what comes out. */
  clear(): Message[] {
    const all: Message[] = [];
    for (let message = this.take(); message; message = this.take()) all.push(message);
    return all;
  }

  /** What waits to be replayed is state, not work that a newer message could stand in for: it stays. */
  #makeRoom(message: Message): void {
    for (let oldest = this.#queue.first; oldest && !this.#takes(message); ) {
      const several = oldest.more !== undefined;
      const next = several ? oldest : oldest.next;
      if (!oldest.replay) {
        const dropped = several ? this.#queue.split(oldest) : oldest;
        if (dropped === oldest) this.remove(oldest);
        dropped.fail(new HoldfastError("Dropped", `${this.#owner}: a newer message took this one's place`));
      }
      oldest = next;
    }
    if (!this.#takes(message)) throw this.#full();
  }

  get #queue(): MessageList {
    this.#inside ??= new MessageList(this);
    return this.#inside;
  }

  #fits(message: Message): boolean {
    return this.#holds(this.#inside, message);
  }

  /** It fits, and the system's other mailboxes leave room for it. */
  #takes(message: Message): boolean {
    return this.#fits(message) && this.#hasRoom(message);
  }

  #hasRoom({ bytes }: Message): boolean {
    return this.#room === undefined || this.bytes + bytes <= LIGHT_MAIL_BYTES || this.#room.admits(this, bytes);
  }

  #isLight(list: MessageList, message: Message): boolean {
    return list.size < this.limits.messages && list.bytes + message.bytes <= this.#lightBytes;
  }

  #holds(list: MessageList | undefined, message: Message): boolean {
    return (list?.size ?? 0) < this.limits.messages && (list?.bytes ?? 0) + message.bytes <= this.limits.bytes;
  }

  #full(): HoldfastError {
    const { messages, bytes } = this.limits;
    const is = `the mailbox of ${this.#owner} is full: ${this.size} messages, ${this.bytes} bytes`;
    const within = this.size < messages && this.bytes < bytes;
    const share = within && this.#room ? `, and its share of memory.mailMb, ${this.#room.share}` : "";
    return new HoldfastError("MailboxFull", `${is} (limits ${messages}, ${bytes}${share})`, {
      details: { messages: this.size, bytes: this.bytes },
    });
  }
}
