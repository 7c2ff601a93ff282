import type { Message } from "../../mailbox/message.js";
import type { Packed } from "../../transport/frames.js";
import type { UnreadEvents } from "../actor/event-log.js";

/** What a durable actor begins with. */
export interface Recovered {
  /** Of the change that was stored last, 0 for none. */
  readonly seq: number;
  /** Undefined: it begins anew. */
  readonly state: Packed | undefined;
  /** Of the class that made it. */
  readonly version: number | undefined;
  /** The same as it is stored, where nothing was answered since. */
  readonly bytes: Uint8Array | undefined;
  /** What was answered since that state, in order: it runs again, for the state alone. */
  readonly replay: readonly Message[];
  /** What has happened since that state, in order: it is applied again. */
  readonly events: readonly UnreadEvents[];
}
