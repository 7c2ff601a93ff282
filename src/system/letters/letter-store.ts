import type { Clock } from "../../clock.js";
import { KEPT_LETTERS, LETTER_PAYLOAD_BYTES } from "../../defaults.js";
import { isPlain } from "../../mailbox/plain.js";
import type { DeadLetter } from "../death/report.js";
import { bytesOf } from "../memory/memory-options.js";
import type { DeadLetterOptions } from "./dead-letters.js";
import { type HeldMail, ownArguments } from "./held-mail.js";

/** One letter, and what happens to it. */
export interface Entry {
  letter: DeadLetter;
  mail: HeldMail;
  retrying: boolean;
  retries: number;
  lastFailure: { readonly at: number; readonly code: string } | undefined;
}

/** Copies of arguments are counted for so long, ms. */
const COPIES_WITHIN_MS = 1000;

/**
 * The newest dead letters, bounded in number and in bytes of arguments:
 *
 *   add ─▶ kept, with its arguments ──bytes──▶ kept, without ──number──▶ gone
 *
 * Under overload a million tells may be refused in a second: in one second no more arguments are copied than letters are kept.
 */
export class LetterStore {
  readonly #clock: Clock;
  readonly #keep: number;
  readonly #mostBytes: number;
  readonly #entries = new Map<number, Entry>();
  /** Those with arguments, oldest first. */
  readonly #payloads = new Set<Entry>();
  #bytes = 0;
  #count = 0;
  #copies = 0;
  #copiesSince = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, { keep = KEPT_LETTERS, payloadMb }: DeadLetterOptions = {}) {
    this.#clock = clock;
    this.#keep = keep;
    this.#mostBytes = keep === 0 ? 0 : (bytesOf(payloadMb) ?? LETTER_PAYLOAD_BYTES);
  }

  get size(): number {
    return this.#entries.size;
  }

  get payloadBytes(): number {
    return this.#bytes;
  }

  get(id: number): Entry | undefined {
    return this.#entries.get(id);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** A new one; or the same again, where a retry of it has killed once more. @returns the letter with its number */
  add(written: Omit<DeadLetter, "id" | "at" | "bytes">, mail: HeldMail): DeadLetter {
    const known = mail.letter === undefined ? undefined : this.#entries.get(mail.letter);
    const id = known?.letter.id ?? ++this.#count;
    const letter: DeadLetter = { ...written, id, at: this.#clock.wallTime(), bytes: mail.bytes };
    if (known) {
      known.letter = letter;
      known.mail = { ...mail, args: known.mail.args };
    } else if (this.#keep > 0) {
      const entry = { letter, mail: this.#held(mail), retrying: false, retries: 0, lastFailure: undefined };
      this.#entries.set(id, entry);
      if (entry.mail.args) this.#holds(entry);
      if (this.#entries.size > this.#keep) this.remove(this.#entries.keys().next().value!);
    }
    return letter;
  }

  /** @returns whether it was there */
  remove(id: number): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    this.#entries.delete(id);
    if (this.#payloads.delete(entry)) this.#bytes -= entry.mail.bytes;
    return true;
  }

  #held(mail: HeldMail): HeldMail {
    const { args, special, bytes } = mail;
    if (!args) return mail;
    if (bytes > this.#mostBytes) {
      const why = this.#mostBytes === 0 ? "no arguments are kept" : "its arguments are larger than what is kept of all";
      return { ...mail, args: undefined, why: `${why} (deadLetters.payloadMb)` };
    }
    if (args.every(isPlain)) return mail;
    if (!this.#mayCopy())
      return { ...mail, args: undefined, why: "too many letters came at once to copy their arguments" };
    try {
      return { ...mail, args: ownArguments(args, special) };
    } catch {
      // A buffer of it was transferred away. Who writes a letter is in the middle of a death, and must not fail.
      return { ...mail, args: undefined, why: "its arguments were given away" };
    }
  }

  #holds(entry: Entry): void {
    this.#payloads.add(entry);
    this.#bytes += entry.mail.bytes;
    for (const oldest of this.#payloads) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#payloads.delete(oldest);
      this.#bytes -= oldest.mail.bytes;
      oldest.mail = { ...oldest.mail, args: undefined, why: "newer letters' arguments took the place of its own" };
    }
  }

  #mayCopy(): boolean {
    const now = this.#clock.now();
    if (now - this.#copiesSince >= COPIES_WITHIN_MS) {
      this.#copiesSince = now;
      this.#copies = 0;
    }
    return ++this.#copies <= this.#keep;
  }
}
