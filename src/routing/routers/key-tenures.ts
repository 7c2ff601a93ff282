import type { Message } from "../../mailbox/message.js";
import type { Seat } from "./seat.js";

/** A key's mail at one member: as long as there is some, more of it goes nowhere else. */
interface Tenure {
  readonly key: string;
  readonly seat: Seat;
  count: number;
}

/**
 * Which member has unanswered mail of which key. When members come or go a key gets another owner; its mail follows only
 * when the last message before it has ended where it is, so that the order of a key is that of one actor:
 *
 *   key a ─▶ member 1: a1 executes, a2 waits      member 1 leaves, member 3 is to own a
 *            a2 is taken back, a3 is held back ─▶ a1 ends ─▶ member 3: a2, a3
 */
export class KeyTenures {
  readonly #byKey = new Map<string, Tenure>();
  readonly #byMessage = new Map<Message, Tenure>();
  readonly #ended: () => void;

  /** @param ended a key has no mail at its member any more */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** Where mail of this key is, if any is. */
  seat(key: string): Seat | undefined {
    return this.#byKey.get(key)?.seat;
  }

  /** The message goes to this member. */
  begin(message: Message, key: string, seat: Seat): void {
    let tenure = this.#byKey.get(key);
    if (tenure?.seat !== seat) {
      tenure = { key, seat, count: 0 };
      this.#byKey.set(key, tenure);
    }
    tenure.count++;
    this.#byMessage.set(message, tenure);
  }

  /** The message has ended, or is taken back from its member. */
  end(message: Message): void {
    const tenure = this.#byMessage.get(message);
    if (!tenure) return;
    this.#byMessage.delete(message);
    if (--tenure.count > 0) return;
    if (this.#byKey.get(tenure.key) === tenure) this.#byKey.delete(tenure.key);
    this.#ended();
  }
}
