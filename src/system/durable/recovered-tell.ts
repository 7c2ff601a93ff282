import { Message } from "../../mailbox/message.js";
import type { SystemContext } from "../context.js";
import { type Addressed, SentThrough } from "../sent.js";
import type { StoredTell } from "./pieces.js";

/** Whose mail it is. */
export interface TellReceiver extends Addressed {
  readonly key: string | undefined;
  readonly context: SystemContext;
}

/** A tell as it was when its actor accepted it, before the process started. */
export function recoveredTell(stored: StoredTell, receiver: TellReceiver): Message {
  const { method, args, special, bytes, sender, priority, deaths } = stored;
  const { context, key } = receiver;
  const options = { sender, priority, ...(key === undefined ? {} : { key }) };
  const sent = new SentThrough({ context, receiver }, method, options);
  const message = new Message(sent, undefined, args, special, bytes, undefined);
  if (deaths > 0) message.deaths = deaths;
  return message;
}
