import type { Message } from "../../mailbox/message.js";
import type { ToHost } from "../../transport/frames.js";

/** How a message goes to a host; what its actor has to do with it comes from the actor. */
export function callFrame(
  message: Message,
  { id: actor, incarnation }: { readonly id: number; readonly incarnation: number },
  snapshot: boolean,
  sequence: number,
  again: boolean,
): Extract<ToHost, { t: "call" }> {
  const call: Extract<ToHost, { t: "call" }> = {
    t: "call",
    actor,
    incarnation,
    seq: message.seq,
    method: message.method,
    args: { value: message.args, special: message.special },
    // It runs again for its state alone: nobody waits.
    expires: message.settled ? Number.POSITIVE_INFINITY : message.deadline,
    snapshot,
    sequence,
    again,
  };
  const trace = message.trace?.context;
  if (trace !== undefined) call.trace = trace;
  return call;
}
