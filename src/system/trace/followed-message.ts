import type { Clock } from "../../clock.js";
import type { HandedTo, MessageTrace, TraceContext } from "../../mailbox/message-trace.js";
import { type MessageOnChannel, messageEnds } from "../channels/message-channels.js";

/** What is told of one message, on the channels. */
export class FollowedMessage implements MessageTrace {
  readonly context: TraceContext | undefined = undefined;
  readonly #clock: Clock;
  readonly #since: number;
  readonly #told: MessageOnChannel;

  /** @param since monotonic ms */
  constructor(clock: Clock, since: number, told: MessageOnChannel) {
    this.#clock = clock;
    this.#since = since;
    this.#told = told;
  }

  handed({ path, incarnation, cell }: HandedTo, now: number): void {
    const told = this.#told;
    told.waitedMs ??= Math.max(0, now - this.#since);
    told.deliveries++;
    told.actor = path;
    told.incarnation = incarnation;
    told.host = cell?.host.name;
  }

  within<T>(run: () => T): T {
    return run();
  }

  ran(): void {}

  died(): void {}

  settled(error: Error | undefined): void {
    messageEnds(this.#told, this.#clock.now() - this.#since, error);
  }
}
