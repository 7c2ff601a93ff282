import type { Message, Sent } from "../mailbox/message.js";

/** What `run` answers for a message that is not over when it returns: its outcome comes as a frame, as from any host. */
export const later: unique symbol = Symbol("later");

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
   * @param calm looked at after each: the next may begin
   * @returns how many are over and were never asked for
   */
  tells(sent: Sent, firsts: unknown[], seq: number, now: number, calm: { readonly calm: boolean }): number;
  /** After `tells`: the message that is not over. */
  readonly left: Message | undefined;
  /** Those that `tells` was given and that have not begun, as messages: it begins none of them any more. */
  rest(): Message[];
}
