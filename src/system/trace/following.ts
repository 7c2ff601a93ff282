import type { Clock } from "../../clock.js";
import type { Message } from "../../mailbox/message.js";
import { type MessageOnChannel, messageStarts, messagesAreHeard } from "../channels/message-channels.js";
import { FollowedMessage } from "./followed-message.js";

/** Told of in this process so far. */
let count = 0;

/** Which messages are followed: none, at the cost of a look for each, until somebody listens. */
export class Following {
  readonly #system: string;
  readonly #clock: Clock;

  constructor(system: string, clock: Clock) {
    this.#system = system;
    this.#clock = clock;
  }

  /** Messages may have to be followed. */
  get any(): boolean {
    return messagesAreHeard();
  }

  /** A message was made, and is accepted or refused next. @param path of whom it is for */
  begin(message: Message, path: string): void {
    const now = this.#clock.now();
    const told: MessageOnChannel = {
      system: this.#system,
      id: ++count,
      kind: message.ask ? "ask" : "tell",
      path,
      method: message.method,
      sender: message.sender,
      at: this.#clock.wallTime(),
      traceparent: undefined,
      deliveries: 0,
      actor: undefined,
      incarnation: undefined,
      host: undefined,
      waitedMs: undefined,
      tookMs: undefined,
      code: undefined,
    };
    message.trace = new FollowedMessage(this.#clock, now, told);
    messageStarts(told);
  }
}
