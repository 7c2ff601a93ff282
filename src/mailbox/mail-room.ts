import { DEFAULT_MAIL_BYTES, LIGHT_MAIL_BYTES } from "../defaults.js";

/** A mailbox as the room it fills sees it. */
export interface Heap {
  /** Of the messages that wait in it. */
  readonly bytes: number;
}

/** Shares are given up to so many times the total. */
const MOST = 2;

/**
 * The bytes that may wait in all mailboxes of a system together. Light mailboxes ask nobody; of the heavy ones each has a
 * fair share, and what nobody uses goes to whoever needs it:
 *
 *   a message for a heavy mailbox ─▶ all heavy ones fit? ──yes──▶ taken
 *                                       │ no
 *                                       ▼
 *                                    it stays within total ÷ heavy ones? ──yes──▶ taken: a flood elsewhere does not count
 *                                       │ no
 *                                       ▼
 *                                    refused: it is full
 *
 * Shares get smaller as more mailboxes get heavy, and nobody gives back what it has: so at twice the total it ends for all.
 */
export class MailRoom {
  readonly bytes: number;
  readonly #heavy = new Set<Heap>();

  /** @param bytes default 256 MiB */
  constructor(bytes = DEFAULT_MAIL_BYTES) {
    this.bytes = bytes;
  }

  /** Whether a mailbox that is heavy, or would be, may take so many bytes more. */
  admits(mailbox: Heap, more: number): boolean {
    this.#heavy.add(mailbox);
    let all = more;
    for (const one of this.#heavy) {
      if (one !== mailbox && one.bytes <= LIGHT_MAIL_BYTES) this.#heavy.delete(one);
      else all += one.bytes;
    }
    return all <= this.bytes || (all <= MOST * this.bytes && mailbox.bytes + more <= this.share);
  }

  /** Of each heavy mailbox, bytes. */
  get share(): number {
    return Math.floor(this.bytes / Math.max(1, this.#heavy.size));
  }
}
