import { POISON_DEATHS } from "../defaults.js";

/** What is known about one message that was with a host when the host or the actor died. */
export interface Delivered {
  /** Its handler was entered (the record says so), whether or not it had ended. */
  readonly begun: boolean;
  /** It was executing and may be the cause: not when somebody killed the host on purpose. */
  readonly blamed: boolean;
  /** It is the message whose handler threw. */
  readonly threw: boolean;
  /** It was answered before and is with the host only to rebuild the state. */
  readonly replay: boolean;
  /** Its caller already has an outcome. */
  readonly settled: boolean;
  /** Deaths it was blamed for before this one. */
  readonly deaths: number;
  /** The method or the caller declares that running it twice does no harm. */
  readonly idempotent: boolean;
  /** Its actor has snapshots: the state before this message will be restored. */
  readonly replayable: boolean;
  /** It answers with a stream of values. */
  readonly stream: boolean;
}

export type Fate =
  /** Back to the front of the mailbox, in order. */
  | "redeliver"
  /** The caller gets the handler's own error. */
  | "failed"
  /** It may have taken effect and is not tried again. */
  | "died"
  /** Blamed for two deaths: never again. */
  | "poisoned"
  /** An output stream ends with a typed error; it never starts again silently. */
  | "broken"
  /** Nobody waits for it any more. */
  | "dropped";

/** The delivery classes in one place: at most once, idempotent, replayable. */
export function fateAfterDeath(message: Delivered): Fate {
  const poison = message.blamed && message.deaths + 1 >= POISON_DEATHS;
  // Whatever else may be lost: the state of a replayable actor is rebuilt from the same messages, however often it dies.
  if (message.replay) return message.threw || poison ? "dropped" : "redeliver";
  if (message.settled) return "dropped";
  if (!message.begun) return "redeliver";
  if (message.threw) return "failed";
  if (poison) return "poisoned";
  if (message.stream) return "broken";
  return message.idempotent || message.replayable ? "redeliver" : "died";
}
