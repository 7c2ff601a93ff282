import { Mailbox, type MailboxLimits } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";

/** One mailbox for all members. What a dying or stopped member hands back is offered to the others at once: they may be idle. */
export class SharedMailbox extends Mailbox {
  readonly #onHandedBack: () => void;

  constructor(owner: string, limits: MailboxLimits, onHandedBack: () => void) {
    super(owner, limits);
    this.#onHandedBack = onHandedBack;
  }

  override handBack(messages: readonly Message[]): void {
    super.handBack(messages);
    if (messages.length > 0) this.#onHandedBack();
  }

  /** A busy member tries no suspect: when that is given up, what waited behind it can go on. */
  override remove(message: Message): void {
    super.remove(message);
    if (message.suspect) queueMicrotask(this.#onHandedBack);
  }
}
