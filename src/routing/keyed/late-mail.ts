import type { HoldfastError } from "../../errors.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";

/** A key that was told to go. */
interface Leaver {
  readonly done: Promise<void>;
  readonly gone: () => void;
  /** What was sent to it since. */
  readonly late: Mailbox;
}

/** What is sent to keys on their way out: it waits for the next of its name. */
export class LateMail {
  readonly #leavers = new Map<string, Leaver>();

  get size(): number {
    let sum = 0;
    for (const { late } of this.#leavers.values()) sum += late.size;
    return sum;
  }

  /** Where its mail goes; undefined for a key that was not told to go. */
  of(key: string): Mailbox | undefined {
    return this.#leavers.get(key)?.late;
  }

  /** Resolves when it has gone; undefined for a key that was not told to go. */
  going(key: string): Promise<void> | undefined {
    return this.#leavers.get(key)?.done;
  }

  begin(key: string, late: Mailbox): Promise<void> {
    let gone = () => {};
    const done = new Promise<void>((resolve) => {
      gone = resolve;
    });
    this.#leavers.set(key, { done, gone, late });
    return done;
  }

  /** It has gone. @returns what came meanwhile, in order */
  end(key: string): Message[] {
    const leaver = this.#leavers.get(key);
    this.#leavers.delete(key);
    leaver?.gone();
    return leaver?.late.clear() ?? [];
  }

  fail(error: HoldfastError): void {
    for (const key of [...this.#leavers.keys()]) for (const message of this.end(key)) message.fail(error);
  }
}
