import { HoldfastError, toError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { MailPlace } from "../../mailbox/rare.js";
import { mailOf } from "./entity.js";
import { tellBytes, tellIn } from "./pieces.js";
import { recoveredTell, type TellReceiver } from "./recovered-tell.js";
import type { StoreChange } from "./store.js";
import type { SystemStore } from "./system-store.js";

/** It was not its message that failed: somebody mends what did, and it is delivered after the next start. */
const waits: readonly string[] = ["ActorStopped", "Unavailable", "GaveUp", "StartFailed", "Draining"];

/**
 * The tells that one actor has accepted, until they are over:
 *
 *   accepted ─▶ tail n ─▶ runs ─▶ drop n, in the batch of what it has changed
 *                  │       └─ throws, is refused, poisoned, dropped for a newer one ─▶ drop n
 *                  │       └─ blamed for a death, and tried again ─▶ tail n, which says so
 *                  └─ its actor is stopped or parked, or the process ends ─▶ it stays
 *   start ─▶ what stayed is delivered, in order, before anything new
 *
 * n is its sequence number. What is appended is ordered as it happened, so nothing here has to be waited for.
 */
export class StoredMail implements MailPlace {
  /** What stayed is in the mailbox. */
  delivered = false;
  readonly #id: string;
  readonly #store: SystemStore;
  readonly #to: TellReceiver;
  /** In memory, by number. */
  readonly #live = new Set<number>();
  /** What is over, and could not be dropped: it goes with what is stored next. */
  #owed: StoreChange[] = [];

  constructor(store: SystemStore, entity: string, to: TellReceiver) {
    this.#store = store;
    this.#id = mailOf(entity);
    this.#to = to;
  }

  /** A tell is about to be accepted. @throws HoldfastError StoreFailed where nothing can be stored */
  admit(message: Message): void {
    const { failure } = this.#store;
    if (failure) throw notTaken(this.#to.path, message, failure);
    message.sequence = this.#store.nextNumber();
    message.mail = this;
  }

  /** It was accepted, and may have been handed over already. */
  accepted(message: Message): void {
    // It was refused after all, or took another's place and lost its own: nothing of it is stored.
    if (message.settled) return;
    this.#live.add(message.sequence);
    this.#put(message).catch((error: unknown) => this.#unstored(message, toError(error)));
  }

  /** It has run: this goes with what it has changed. */
  over(message: Message): readonly StoreChange[] {
    message.mail = undefined;
    this.#live.delete(message.sequence);
    const owed = this.#owed;
    this.#owed = [];
    return [...owed, this.#drop(message)];
  }

  /** It has run, and has changed nothing. */
  drop(over: readonly StoreChange[]): void {
    if (over.length === 0) return;
    // One that runs again meanwhile is not over.
    const stillOver = (one: StoreChange) => !("seq" in one && this.#live.has(one.seq));
    this.#store.append(over).catch(() => this.#owed.push(...over.filter(stillOver)));
  }

  /** What it has changed could not be stored: it runs again. */
  again(message: Message): void {
    message.mail = this;
    this.#live.add(message.sequence);
  }

  failed(message: Message, error: Error): boolean {
    // It was never accepted.
    if (!this.#live.has(message.sequence)) return false;
    if (error instanceof HoldfastError && waits.includes(error.code)) {
      this.#live.delete(message.sequence);
      this.delivered = false;
      return true;
    }
    this.drop(this.over(message));
    return false;
  }

  /** Charged with a death, and tried again: the next start of the process knows. */
  charged(message: Message): void {
    // Where that cannot be stored it has one death less, after the next start.
    this.#put(message).catch(() => {});
  }

  /** What stayed of it, in order; it counts as accepted from here on. @throws HoldfastError StoreDamaged, StoreFailed */
  async read(): Promise<Message[]> {
    const found = await this.#store.read(this.#id);
    this.delivered = true;
    const stayed = (found?.tail ?? []).filter(({ seq }) => !this.#live.has(seq));
    return stayed.map(({ seq, data }) => {
      const message = recoveredTell(tellIn(data, this.#to.path), this.#to);
      message.sequence = seq;
      this.again(message);
      return message;
    });
  }

  #put(message: Message): Promise<void> {
    return this.#store.append([{ kind: "tail", id: this.#id, seq: message.sequence, data: tellBytes(message) }]);
  }

  #drop({ sequence }: Message): StoreChange {
    return { kind: "drop", id: this.#id, seq: sequence };
  }

  /** Accepted, and not durable. One that has begun goes on: what it changes is stored or undone as of any. */
  #unstored(message: Message, cause: Error): void {
    if (message.settled || message.place !== "queued") return;
    message.line?.holder.remove(message);
    message.mail = undefined;
    this.#live.delete(message.sequence);
    message.fail(notTaken(this.#to.path, message, cause));
  }
}

function notTaken(path: string, { method }: Message, cause: Error): HoldfastError {
  return new HoldfastError(
    "StoreFailed",
    `${path}: ${method} could not be stored, and was not run (${cause.message})`,
    {
      cause,
    },
  );
}
