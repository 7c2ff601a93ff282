import type { Message } from "../../mailbox/message.js";
import { MessageList } from "../../mailbox/message-list.js";
import { NumberMap } from "../../number-map.js";

/** With more messages than this they are found by an index; hosts answer in order, so among few the first look finds it. */
const FEW = 64;

/**
 * What is with an actor's host, in the order it was handed over, and by sequence number. A message that runs in this
 * thread while nothing else is with the host stands in no list: most are over before anybody asks for it.
 */
export class Inflight extends MessageList {
  #bySeq: NumberMap<Message> | undefined;
  /** Runs a message that counts here and is not in the list. */
  #apart: { readonly current: Message | undefined } | undefined;

  override append(message: Message, place: "queued" | "delivered"): void {
    if (this.#apart) this.enlist();
    super.append(message, place);
    if (this.#bySeq) this.#bySeq.set(message.seq, message);
    else if (this.size > FEW) this.#index();
  }

  /**
   * It is about to run in this thread, and nothing else is here: until `left` or `enlist`.
   * @param message undefined: a tell that is none unless somebody asks
   */
  enter(message: Message | undefined, runs: { readonly current: Message | undefined }): void {
    if (message !== undefined) {
      message.line = this;
      message.place = "delivered";
    }
    this.size = 1;
    this.#apart = runs;
  }

  /** What runs here has not been enlisted. */
  get apart(): boolean {
    return this.#apart !== undefined;
  }

  /** It is over, and has not been enlisted. @returns false for one that has */
  left(message: Message | undefined): boolean {
    if (this.#apart === undefined) return false;
    this.#apart = undefined;
    this.size = 0;
    if (message !== undefined) message.line = undefined;
    return true;
  }

  /** A tell that somebody has asked for is over. */
  over(seq: number): void {
    const message = this.get(seq);
    if (message === undefined) return;
    this.remove(message);
    message.place = "gone";
    message.succeed(undefined);
  }

  /** What runs apart is not over yet, or somebody asks for all. */
  enlist(message = this.#apart?.current): void {
    if (this.#apart === undefined) return;
    this.#apart = undefined;
    this.size = 0;
    if (message) this.append(message, "delivered");
  }

  override remove(message: Message): boolean {
    if (this.#apart) this.enlist();
    if (!super.remove(message)) return false;
    this.#bySeq?.delete(message.seq);
    return true;
  }

  override takeAll(): Message[] {
    if (this.#apart) this.enlist();
    return super.takeAll();
  }

  override get owed(): number {
    if (this.#apart) this.enlist();
    return super.owed;
  }

  get(seq: number): Message | undefined {
    if (this.#apart) this.enlist();
    if (this.#bySeq) return this.#bySeq.get(seq);
    let message = this.first;
    while (message && message.seq !== seq) message = message.next;
    return message;
  }

  #index(): void {
    this.#bySeq = new NumberMap();
    for (let message = this.first; message; message = message.next) this.#bySeq.set(message.seq, message);
  }
}
