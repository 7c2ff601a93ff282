import type { Clock } from "../../clock.js";
import type { HandedTo, MessageTrace } from "../../mailbox/message-trace.js";
import type { TraceContext } from "../../protocol/trace-context.js";
import { type MessageOnChannel, messageEnds } from "../channels/message-channels.js";

/** A message that is told of on the channels, and in spans too where it is sampled. */
export class FollowedMessage implements MessageTrace {
  readonly #clock: Clock;
  readonly #since: number;
  readonly #told: MessageOnChannel;
  readonly #spans: MessageTrace | undefined;

  /** @param since monotonic ms */
  constructor(clock: Clock, since: number, told: MessageOnChannel, spans: MessageTrace | undefined) {
    this.#clock = clock;
    this.#since = since;
    this.#told = told;
    this.#spans = spans;
  }

  get context(): TraceContext | undefined {
    return this.#spans?.context;
  }

  handed(to: HandedTo, now: number): void {
    const told = this.#told;
    told.waitedMs ??= Math.max(0, now - this.#since);
    told.deliveries++;
    told.actor = to.path;
    told.incarnation = to.incarnation;
    told.host = to.cell?.host.name;
    this.#spans?.handed(to, now);
  }

  within<T>(run: () => T): T {
    return this.#spans ? this.#spans.within(run) : run();
  }

  ran(began: number, ended: number): void {
    this.#spans?.ran(began, ended);
  }

  died(cause: string, report: number | undefined, began: number | undefined): void {
    this.#spans?.died(cause, report, began);
  }

  settled(error: Error | undefined): void {
    this.#spans?.settled(error);
    messageEnds(this.#told, this.#clock.now() - this.#since, error);
  }
}
