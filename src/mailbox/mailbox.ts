import { LIGHT_MAIL_BYTES } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import { NORMAL_RANK } from "../protocol/priority.js";
import type { MailRoom } from "./mail-room.js";
import type { Message, Sent } from "./message.js";
import { type Holder, MessageList } from "./message-list.js";
import { plainSize } from "./plain.js";
import { RankedMail } from "./ranked-mail.js";

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
  /** Made with the first message that is not of normal priority: `#inside` is one of its lists then. */
  #ranked: RankedMail | undefined;
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
    return this.#insideSize + (this.#outside?.size ?? 0);
  }

  get bytes(): number {
    return this.#insideBytes + (this.#outside?.bytes ?? 0);
  }

  get empty(): boolean {
    return this.#ranked === undefined ? this.#inside?.first === undefined : this.#ranked.next === undefined;
  }

  /** How many of those that wait start before one that comes now. */
  ahead({ sent, rank }: Message): number {
    if (this.#ranked === undefined) return sent.rank === undefined || rank > NORMAL_RANK ? this.size : 0;
    return this.#ranked.ahead(rank) + (this.#outside?.size ?? 0);
  }

  /** It is full, and takes this one in place of others of lower priority. */
  displaces(message: Message): boolean {
    const { limits } = this;
    if ((this.#ranked ?? message.sent.rank) === undefined || limits.overflow === "drop-oldest") return false;
    const below = this.#below(message.rank);
    if (below.messages === 0 || this.#outside?.has(({ rank }) => rank <= message.rank)) return false;
    const fits = this.#insideSize - below.messages < limits.messages;
    return fits && this.#insideBytes - below.bytes + message.bytes <= limits.bytes;
  }

  /** Accepts the message or throws MailboxFull (InvalidValue for one that could never fit). */
  push(message: Message): void {
    this.#inside ??= new MessageList(this);
    const inside = this.#inside;
    // A light one does not overtake a heavy one that waits for room: order holds.
    const plain = message.sent.rank === undefined && this.#ranked === undefined && this.#outside?.first === undefined;
    if (plain && this.#isLight(inside, message)) inside.append(message, "queued");
    else this.#pushHeavy(message);
  }

  #pushHeavy(message: Message): void {
    if (message.sent.rank !== undefined) this.#ranked ??= new RankedMail(this.#queue, this);
    if (this.#outside?.first === undefined && this.#takes(message)) this.#append(message);
    else this.#pushFull(message);
  }

  /**
   * Takes a tell with one plain argument that can stand behind the last message.
   * @returns false where it has to be pushed
   */
  join(sent: Sent, first: unknown): boolean {
    const inside = this.#inside;
    if (inside === undefined || inside.size >= this.limits.messages || this.#outside?.first !== undefined) return false;
    if (this.#ranked !== undefined) return false;
    const bytes = plainSize(first);
    return inside.bytes + bytes <= this.#lightBytes && inside.join(sent, first, bytes);
  }

  /** The first of several tells that stand in the next message leaves. @returns its argument */
  slide(next: Message): unknown {
    const first = this.#inside!.slide(next);
    this.#ranked?.slid();
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
      this.#append(message);
    } else if (this.displaces(message)) {
      this.#displace(message);
      if (!this.#takes(message)) throw this.#full();
      this.#append(message);
    } else if (this.limits.overflow === "wait" && this.#holds(this.#outside, message) && this.#hasRoom(message)) {
      this.#outside ??= new MessageList(this);
      this.#outside.append(message, "queued");
    } else {
      throw this.#full();
    }
  }

  /** The next message, which stays. */
  get next(): Message | undefined {
    return this.#ranked === undefined ? this.#inside?.first : this.#ranked.next;
  }

  /** Whether there is such a one among those that wait, outside too. Tells that are no messages yet are not looked at. */
  has(such: (message: Message) => boolean): boolean {
    return (this.#ranked ?? this.#inside)?.has(such) === true || this.#outside?.has(such) === true;
  }

  /** The next message, or undefined. */
  take(): Message | undefined {
    const inside = this.#inside;
    if (this.#ranked === undefined && inside?.first === undefined) return undefined;
    const message = this.#ranked === undefined ? inside!.shift() : this.#ranked.take();
    if (this.#outside?.first !== undefined) this.#letIn();
    return message;
  }

  /** Puts messages back at the front, in the order given. Never refuses: they were accepted once. */
  handBack(messages: readonly Message[]): void {
    for (let i = messages.length - 1; i >= 0; i--) this.#prepend(messages[i]!);
  }

  remove(message: Message): void {
    if (message.line?.holder === this) message.line.remove(message);
    if (this.#outside?.first) this.#letIn();
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
      this.#append(waiting);
    }
  }

  /** Empties the mailbox; the caller settles what comes out. */
  clear(): Message[] {
    const all: Message[] = [];
    for (let message = this.take(); message; message = this.take()) all.push(message);
    return all;
  }

  /** What waits to be replayed is state, not work that a newer message could stand in for: it stays. The lowest go first. */
  #makeRoom(message: Message): void {
    const lists = this.#ranked?.listsFrom(message.rank) ?? [this.#queue];
    for (const list of lists) {
      for (let oldest = list.first; oldest && !this.#takes(message); ) {
        const several = oldest.more !== undefined;
        const next = several ? oldest : oldest.next;
        if (!oldest.replay) {
          const dropped = several ? list.split(oldest) : oldest;
          if (dropped === oldest) this.remove(oldest);
          dropped.fail(new HoldfastError("Dropped", `${this.#owner}: a newer message took this one's place`));
        }
        oldest = next;
      }
    }
    if (!this.#takes(message)) throw this.#full();
  }

  /** Lower ones make room: where there is an outside with room, they wait there. */
  #displace(message: Message): void {
    this.#ranked ??= new RankedMail(this.#queue, this);
    while (!this.#takes(message)) {
      const lower = this.#ranked.takeNewestBelow(message.rank);
      if (lower === undefined) return;
      if (this.limits.overflow === "wait" && this.#holds(this.#outside, lower)) {
        this.#outside ??= new MessageList(this);
        this.#outside.prepend(lower, "queued");
      } else {
        lower.place = "gone";
        const text = `${this.#owner} is full, and a message of higher priority took this one's place`;
        lower.fail(new HoldfastError("Overloaded", text, { details: { rank: lower.rank, by: message.rank } }));
      }
    }
  }

  #append(message: Message): void {
    if (this.#ranked === undefined) this.#queue.append(message, "queued");
    else this.#ranked.append(message);
  }

  #prepend(message: Message): void {
    if (message.sent.rank !== undefined) this.#ranked ??= new RankedMail(this.#queue, this);
    if (this.#ranked === undefined) this.#queue.prepend(message, "queued");
    else this.#ranked.prepend(message);
  }

  #below(rank: number): { readonly messages: number; readonly bytes: number } {
    if (this.#ranked !== undefined) return this.#ranked.below(rank);
    const lower = rank < NORMAL_RANK ? this.#inside : undefined;
    return { messages: lower?.size ?? 0, bytes: lower?.bytes ?? 0 };
  }

  get #insideSize(): number {
    return this.#ranked === undefined ? (this.#inside?.size ?? 0) : this.#ranked.size;
  }

  get #insideBytes(): number {
    return this.#ranked === undefined ? (this.#inside?.bytes ?? 0) : this.#ranked.bytes;
  }

  get #queue(): MessageList {
    this.#inside ??= new MessageList(this);
    return this.#inside;
  }

  #fits({ bytes }: Message): boolean {
    return this.#insideSize < this.limits.messages && this.#insideBytes + bytes <= this.limits.bytes;
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
