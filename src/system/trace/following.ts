import type { Clock } from "../../clock.js";
import type { Message } from "../../mailbox/message.js";
import { type MessageOnChannel, messageStarts, messagesAreHeard } from "../channels/message-channels.js";
import type { Addressed, InnerCallOptions } from "../sent.js";
import { FollowedMessage } from "./followed-message.js";
import type { Tracing } from "./tracing.js";

/** Told of in this process so far. */
let count = 0;

/** Which messages are followed: none, at the cost of a look for each, until somebody listens. */
export class Following {
  readonly tracing: Tracing | undefined;
  readonly #system: string;
  readonly #clock: Clock;

  constructor(system: string, clock: Clock, tracing?: Tracing) {
    this.#system = system;
    this.#clock = clock;
    this.tracing = tracing;
  }

  /** Messages may have to be followed. */
  get any(): boolean {
    return this.tracing !== undefined || messagesAreHeard();
  }

  /**
   * Whether a tell with these options is followed, asked before it is a message: what is not can be taken as one of many. Ask
   * once for each, and only where `any`.
   */
  takes({ trace, asker }: InnerCallOptions): boolean {
    // Heard, it becomes a message in any case, and begin() draws for it: of two draws the luckier would count.
    return messagesAreHeard() || this.tracing?.takes(trace, asker !== undefined) === true;
  }

  /**
   * A message was made, and is accepted or refused next.
   * @param to whom it is for
   */
  begin(message: Message, to: Addressed): void {
    const heard = messagesAreHeard();
    const { trace, asker } = message.options as InnerCallOptions;
    const sampled = this.tracing?.takes(trace, asker !== undefined) === true;
    if (heard || sampled) this.#follow(message, to.path, heard, sampled);
  }

  /** Apart, so that what most messages go through stays small. */
  #follow(message: Message, path: string, heard: boolean, sampled: boolean): void {
    const { ask, method, sender } = message;
    const now = this.#clock.now();
    const spans = sampled ? this.tracing?.message({ ask, method, sender, path }, now) : undefined;
    if (heard) this.#tell(message, path, now, spans);
    else if (spans) message.trace = spans;
  }

  #tell(message: Message, path: string, now: number, spans: Message["trace"]): void {
    const told: MessageOnChannel = {
      system: this.#system,
      id: ++count,
      kind: message.ask ? "ask" : "tell",
      path,
      method: message.method,
      sender: message.sender,
      at: this.#clock.wallTime(),
      traceparent: spans?.context?.traceparent,
      deliveries: 0,
      actor: undefined,
      incarnation: undefined,
      host: undefined,
      waitedMs: undefined,
      tookMs: undefined,
      code: undefined,
    };
    message.trace = new FollowedMessage(this.#clock, now, told, spans);
    messageStarts(told);
  }
}
