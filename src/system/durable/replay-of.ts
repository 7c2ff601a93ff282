import { Message, type Sent } from "../../mailbox/message.js";
import type { Tally } from "../../mailbox/tally.js";
import type { StoredMessage } from "./pieces.js";

/** Of a message that comes from the store: it is in memory already, so that no bound is to be kept by it. */
const REPLAYED_BYTES = 0;

const silent: Sent["lost"] = () => {};

/** A stored message, to be run for the state alone. */
export function replayed({ sequence, method, args, special }: StoredMessage, tally: Tally): Message {
  const sent = { method, options: {}, lost: silent, tally };
  return asReplay(new Message(sent, undefined, args, special, REPLAYED_BYTES, undefined), sequence);
}

/** What a message that was answered is run again as: its caller may still wait for the store, and give up. */
export function replayOf({ sent, first, all, special, bytes, sequence }: Message): Message {
  const { method, options, tally } = sent;
  return asReplay(
    new Message({ method, options, lost: silent, tally }, first, all, special, bytes, undefined),
    sequence,
  );
}

function asReplay(message: Message, sequence: number): Message {
  message.sequence = sequence;
  message.replay = true;
  message.settled = true;
  return message;
}
