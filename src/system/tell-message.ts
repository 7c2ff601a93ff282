import { HoldfastError, isHoldfastError } from "../errors.js";
import { Message, type MessageOptions, type Outcome, type Special } from "../mailbox/message.js";
import type { SystemContext } from "./context.js";
import { shapeOf } from "./death/evidence.js";

/** To whom it was sent, for its dead letter. */
export interface Addressed {
  readonly path: string;
  readonly incarnation: number;
}

/** What sent it. */
interface TellTo {
  readonly context: SystemContext;
  readonly receiver: Addressed;
}

/** A message that nobody waits for: where it fails it is a dead letter. */
export class TellMessage extends Message {
  readonly ask = false;
  private readonly to: TellTo;

  constructor(
    method: string,
    args: unknown[],
    special: Special,
    bytes: number,
    options: MessageOptions & { readonly key?: string },
    to: TellTo,
  ) {
    super(method, args, special, bytes, options);
    this.to = to;
  }

  /** Nobody hears of it. */
  override succeed(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.rare?.end?.();
    return true;
  }

  protected override heard(outcome: Outcome): void {
    if (outcome.ok) return;
    // Who found it guilty has written its letter, with the evidence.
    if (isHoldfastError(outcome.error, "PoisonedMessage")) return;
    deadTell(this.to.context, this.to.receiver, this.method, this.args, this.options, outcome.error);
  }
}

/** @param args for its shape alone */
export function deadTell(
  context: SystemContext,
  { path, incarnation }: Addressed,
  method: string,
  args: unknown[],
  options: MessageOptions & { readonly key?: string },
  error: Error,
): void {
  const reason = error instanceof HoldfastError ? error.code : error.message;
  const { key, sender = "app" } = options;
  context.deaths.deadLetter({ path, key, incarnation, sender, method, reason, shape: shapeOf(args) });
}
