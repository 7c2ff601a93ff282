import { DEFAULT_TAIL_BYTES, DEFAULT_TAIL_MESSAGES } from "../../defaults.js";
import type { Message } from "../../mailbox/message.js";
import type { Packed } from "../../transport/frames.js";
import { keptTensors } from "../../transport/values.js";

/** The last good snapshot of an actor, and the messages answered since: together they are its state. */
export class ReplayLog {
  state: Packed | undefined;
  readonly #every: number;
  #since = 0;
  #tail: Message[] = [];
  #bytes = 0;

  /** @param every a snapshot comes with every nth message, and earlier when the tail reaches its bounds */
  constructor(every = 1) {
    this.#every = every;
  }

  /** Whether this message, the next to be delivered, is to bring a snapshot. */
  due(message: Message, inflight: number): boolean {
    this.#since++;
    const due =
      this.#since >= this.#every ||
      this.#tail.length + inflight >= DEFAULT_TAIL_MESSAGES ||
      this.#bytes + message.bytes >= DEFAULT_TAIL_BYTES;
    if (due) this.#since = 0;
    return due;
  }

  /** It begins with this, whatever it had. */
  reset(state: Packed | undefined): void {
    this.state = state;
    this.takeTail();
    this.#since = 0;
  }

  took(state: Packed): void {
    this.state = state;
    this.takeTail();
  }

  /** What never ran is not replayed; and the snapshot that it was to bring is owed by the next. */
  keep(message: Message, ran: boolean): void {
    if (!ran) {
      this.#since = this.#every;
      return;
    }
    message.replay = true;
    // What it was lent is not its any more when it runs again.
    if (message.special === true) message.args = keptTensors(message.args);
    this.#tail.push(message);
    this.#bytes += message.bytes;
  }

  /** What has to run again; the log is without it from here on. */
  takeTail(): Message[] {
    const tail = this.#tail;
    this.#tail = [];
    this.#bytes = 0;
    return tail;
  }
}
