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
   * The same of a tell with one plain argument that is no message yet.
   * @returns the message that it has become, where it is not over
   */
  tell(sent: Sent, first: unknown, seq: number, now: number): Message | undefined;
}
