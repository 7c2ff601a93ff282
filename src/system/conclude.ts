import type { Message, Outcome } from "../mailbox/message.js";
import { releaseAll } from "../transport/lease.js";

/** Gives a message its outcome. Where its caller gave up, or there is none, tensors in it are nobody's. */
export function conclude(message: Message, outcome: Outcome): void {
  const settled = message.settle(outcome);
  if (outcome.ok && (!settled || !message.ask)) releaseAll(outcome.value);
}
