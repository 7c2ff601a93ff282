import type { Message } from "../../mailbox/message.js";
import { MessageList } from "../../mailbox/message-list.js";

/** With more messages than this they are found by an index; hosts answer in order, so among few the first look finds it. */
const FEW = 64;

/** What is with an actor's host, in the order it was handed over, and by sequence number. */
export class Inflight extends MessageList {
  #bySeq: Map<number, Message> | undefined;

  override append(message: Message, place: "queued" | "delivered"): void {
    super.append(message, place);
    if (this.#bySeq) this.#bySeq.set(message.seq, message);
    else if (this.size > FEW) this.#index();
  }

  /** The same for one that is handed over where nothing else is. */
  enter(message: Message): void {
    if (this.first !== undefined || this.#bySeq) {
      this.append(message, "delivered");
      return;
    }
    this.first = message;
    this.last = message;
    this.size = 1;
    this.bytes = message.bytes;
    message.line = this;
    message.place = "delivered";
  }

  /** One that has just run, most often the only one. */
  leave(message: Message): void {
    if (this.first !== message || this.last !== message || this.#bySeq) {
      this.remove(message);
      return;
    }
    this.first = undefined;
    this.last = undefined;
    this.size = 0;
    this.bytes = 0;
    message.line = undefined;
  }

  override remove(message: Message): boolean {
    if (!super.remove(message)) return false;
    this.#bySeq?.delete(message.seq);
    return true;
  }

  get(seq: number): Message | undefined {
    if (this.#bySeq) return this.#bySeq.get(seq);
    let message = this.first;
    while (message && message.seq !== seq) message = message.next;
    return message;
  }

  #index(): void {
    this.#bySeq = new Map();
    for (let message = this.first; message; message = message.next) this.#bySeq.set(message.seq, message);
  }
}
