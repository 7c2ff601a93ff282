import { HoldfastError, toError } from "../../errors.js";
import { Asking } from "../../mailbox/asking.js";
import { Message } from "../../mailbox/message.js";
import type { SystemContext } from "../context.js";
import type { Receiver } from "../receiver.js";
import { SentThrough } from "../sent.js";
import type { TreePaths } from "../tree-paths.js";
import type { Unit } from "../unit.js";
import type { Entry } from "./letter-store.js";

/**
 * A dead letter as a new ask, where it was sent to. It keeps what it was charged with, and is tried alone if it was.
 * @throws HoldfastError InvalidValue: its arguments are not kept, or its answer is a stream; Unavailable: nobody is there
 */
export function sendAgain(
  context: SystemContext,
  paths: TreePaths,
  { letter, mail }: Entry,
  timeoutMs: number,
): Promise<unknown> {
  const { id, to, key, method, sender } = letter;
  const { args, special, bytes, deaths, charges, why } = mail;
  if (!args) throw new HoldfastError("InvalidValue", `the dead letter ${id} cannot be sent again: ${why}`);
  const receiver = receiverAt(paths, to, key);
  if (!receiver) {
    throw new HoldfastError("Unavailable", `the dead letter ${id} cannot be sent again: there is no actor at ${to}`);
  }
  if (receiver.isStream(method)) {
    const text = `the dead letter ${id} cannot be sent again: ${method} answers with a stream, which nobody would read`;
    throw new HoldfastError("InvalidValue", text);
  }
  const { idempotent, priority } = mail;
  const options = {
    sender,
    letter: id,
    ...(key === undefined ? {} : { key }),
    ...(idempotent === undefined ? {} : { idempotent }),
    ...(priority === undefined ? {} : { priority }),
  };
  // The next retry needs them as they are now, and a handler may change what it is given.
  const own = structuredClone(args);
  return new Promise((resolve, reject) => {
    const asking = new Asking(resolve, reject);
    const sent = new SentThrough({ context, receiver }, method, options);
    const message = new Message(sent, own[0], own, special, bytes, asking);
    asking.message = message;
    if (deaths > 0) {
      message.deaths = deaths;
      message.charges = [...charges];
      message.suspect = true;
    }
    if (timeoutMs !== Number.POSITIVE_INFINITY) asking.within(timeoutMs, context.clock.now(), context.deadlines);
    try {
      receiver.accept(message, key);
      message.sent.tally.accepted++;
    } catch (error) {
      // Accepted is also what was taken, and has failed since.
      if (message.settled) message.sent.tally.accepted++;
      else message.refuse(toError(error));
    }
  });
}

/** What takes messages there. What waited in the store of a key's actor was sent to its group. */
function receiverAt(paths: TreePaths, to: string, key: string | undefined): Receiver | undefined {
  const group = key !== undefined && to.endsWith(`/${key}`) ? to.slice(0, -key.length - 1) : undefined;
  const unit = paths.find(to) ?? (group === undefined ? undefined : paths.find(group));
  return unit && takesMail(unit) ? unit : undefined;
}

function takesMail(unit: Unit): unit is Unit & Receiver {
  return "accept" in unit;
}
