import type { CallOptions } from "../actor/ref.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import type { Asker } from "../mailbox/asker.js";
import type { Message, Outcome, Sent } from "../mailbox/message.js";
import type { Tally } from "../mailbox/tally.js";
import { rankOf } from "../protocol/priority.js";
import type { SystemContext } from "./context.js";
import { shapeOf } from "./death/evidence.js";
import type { StoreChange } from "./durable/store.js";
import { type HeldMail, heldMail, unsent } from "./letters/held-mail.js";

/** What is added on the way. */
export interface InnerCallOptions extends CallOptions {
  /** By CellAsks: the caller is an actor of this system, so its call is part of work already taken. */
  readonly asker?: Asker | undefined;
  /** By a hedge: see MessageOptions. */
  readonly apart?: Set<object> | undefined;
  /** By the gateway: what is stored of the outcome that a durable actor comes to, in one batch with what the call changed. */
  readonly receipt?: ((outcome: Outcome) => readonly StoreChange[]) | undefined;
}

/** To whom it was sent, for its dead letter, and where it counts. */
export interface Addressed {
  readonly path: string;
  readonly incarnation: number;
  readonly tally: Tally;
}

/** What sends it. */
interface Sender {
  readonly context: SystemContext;
  readonly receiver: Addressed;
}

/** All calls of one method through one target, with the same options. A tell that fails is a dead letter. */
export class SentThrough implements Sent {
  readonly method: string;
  readonly options: InnerCallOptions;
  readonly rank: number | undefined;
  readonly tally: Tally;
  private readonly through: Sender;

  constructor(through: Sender, method: string, options: InnerCallOptions) {
    this.through = through;
    this.method = method;
    this.options = options;
    this.rank = rankOf(options.priority);
    this.tally = through.receiver.tally;
  }

  get to(): string {
    return this.through.receiver.path;
  }

  lost(message: Message, error: Error): void {
    // Who found it guilty has written its letter, with the evidence.
    if (!isHoldfastError(error, "PoisonedMessage")) this.#dead(message.args, error, heldMail(message, true));
  }

  /** What could not become a message. @param args for their shape alone */
  dead(args: unknown[], error: Error): void {
    this.#dead(args, error, unsent("its arguments could not be sent, or its caller had given it up"));
  }

  #dead(args: unknown[], error: Error, mail: HeldMail): void {
    const { method, options, to } = this;
    const { context, receiver } = this.through;
    const reason = error instanceof HoldfastError ? error.code : error.message;
    const { key, sender = "app" } = options;
    const { path, incarnation } = receiver;
    const letter = { path, to, key, incarnation, sender, method, reason, ask: false, shape: shapeOf(args) };
    context.deaths.deadLetter(letter, mail);
  }
}
