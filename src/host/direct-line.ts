import type { Message, Sent } from "../mailbox/message.js";

/** What `run` answers for a message that is not over when it returns: its outcome comes as a frame, as from any host. */
export const later: unique symbol = Symbol("later");

export interface Ended {
  tellEnded(): boolean;
}

/**
 * The way to an incarnation that runs in the parent's own thread, for those whose messages run one at a time. A handler
 * that returns at once is over when `run` returns, with no frame either way:
 *
 *   parent ── run(message) ─▶ begin in the record ─▶ handler ─▶ end in the record ─▶ its value
 *                                                       └─ a promise, a stream, a throw ─▶ `later`: frames follow
 */
export interface DirectLine {
  /** It is up: the next message may begin. */
  readonly open: boolean;
  /** What runs, until `run` returns. */
  readonly current: Message | undefined;
  /**
   * Runs one message now. Only while `open`, and not before the one before is over.
   * @param now monotonic ms
   * @returns the value, ready for the caller, or `later`
   */
  run(message: Message, now: number): unknown;
  /**
   * The same of tells with one plain argument each that are no messages yet, one after the other, until one is not over, or
   * somebody has asked for what runs, or nothing more may begin. The others have begun then, or are left to `rest`.
   * @param firsts their arguments
   * @param seq the number of the first; the others follow
   * @param ended hears of each that is over and was never asked for; false: no more may begin
   * @returns how many those were
   */
  tells(sent: Sent, firsts: unknown[], seq: number, now: number, ended: Ended): number;
  /** After `tells`: the message that is not over. */
  readonly left: Message | undefined;
  /** How many `tells` was given that have not begun. */
  readonly unbegun: number;
  /** Those that `tells` was given and that have not begun, as messages: it begins none of them any more. */
  rest(): Message[];
}
