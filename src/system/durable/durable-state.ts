import type { ActorFacts } from "../../actor/methods.js";
import { HELD_OUTCOMES } from "../../defaults.js";
import { HoldfastError, toError } from "../../errors.js";
import type { Message, Outcome } from "../../mailbox/message.js";
import { type Holder, MessageList } from "../../mailbox/message-list.js";
import { releaseAll } from "../../transport/lease.js";
import type { After } from "../actor/kept-state.js";
import { conclude } from "../conclude.js";
import type { DeathCause } from "../death/report.js";
import type { DurableActor } from "./durable-actor.js";
import {
  cannotReplay,
  cannotRestore,
  hasNoState,
  neverStored,
  notRun,
  storeFailed,
  undoneWith,
  withPath,
} from "./durable-failure.js";
import type { Durability } from "./durable-options.js";
import { HeldOutcomes } from "./held-outcomes.js";
import { beginningBytes, messageIn, stateIn, unreadEvents } from "./pieces.js";
import type { Recovered } from "./recovered.js";
import { replayed } from "./replay-of.js";
import type { StoreChange } from "./store.js";
import { StoredMail } from "./stored-mail.js";
import type { SystemStore } from "./system-store.js";
import { type Written, writtenOf } from "./written.js";

interface Held {
  readonly message: Message;
  readonly outcome: Outcome;
  /** It was a tell that is stored: it is over with what it has changed, and runs again where that is undone. */
  readonly stored: boolean;
}

/** Between two failures to store something. */
interface Era {
  /** What was appended in it from this ticket on is undone, whatever the store still says of it. */
  failedFrom: number;
}

/**
 * What of one actor is stored, and the outcomes that wait for it:
 *
 *   answered ─▶ took: appended, its outcome held ─▶ durable: it leaves, in order      (the actor goes on meanwhile)
 *                                                └▶ not: it and all behind it fail with StoreFailed
 *                                                        └▶ undo: the actor begins again with what is stored
 *   begin ─▶ read: what is durable, once everything that was appended is ─▶ recovers
 */
export class DurableState implements Holder {
  /** What it begins with is what is in its log; else it has to be read from the store first. */
  recovered = false;
  readonly id: string;
  /** Where its tells are stored until they are over; undefined: they are not. */
  readonly mail: StoredMail | undefined;
  readonly #store: SystemStore;
  readonly #to: DurableActor;
  readonly #held = new HeldOutcomes<Held>();
  /** Those whose callers still wait. */
  readonly #waiting = new MessageList(this);
  /** The number of the latest change. */
  #seq = 0;
  /** The state after it, where that is known. */
  #state: Uint8Array | undefined;
  /** Snapshots that the store had when it was read last; undefined: it was not, or has had others since. */
  #snapshots: number | undefined;
  /** The newest of them could not be restored. */
  #fellBack = false;
  /** See changesOf. */
  #fellTo: StoreChange | undefined;
  /** Of the append that was made last. Its own, since the store's begin anew where it forgets. */
  #ticket = 0;
  #era: Era = { failedFrom: Number.POSITIVE_INFINITY };
  /** Why it had to go on from what is stored, the last time. */
  undone: DeathCause | undefined;

  constructor(store: SystemStore, id: string, to: DurableActor, { mail }: Durability) {
    this.#store = store;
    this.id = id;
    this.#to = to;
    this.mail = mail ? new StoredMail(store, id, to) : undefined;
  }

  /** Callers that wait for the store. */
  get owed(): number {
    return this.#waiting.owed;
  }

  /** Outcomes that wait for the store. */
  get held(): number {
    return this.#held.size;
  }

  /** As many wait as may: it runs nothing more until the store has caught up. */
  get full(): boolean {
    return this.#held.size >= HELD_OUTCOMES;
  }

  /** Its tells are stored: none of its mail is run while nothing can be. */
  get paused(): boolean {
    if (this.mail === undefined || this.#store.failure === undefined) return false;
    this.#store.stalled.add(this);
    return true;
  }

  /** The store takes changes again. */
  goOn(): void {
    this.#to.pump();
  }

  /** Why a message is not run now; undefined: it is. */
  refusal(message: Message): HoldfastError | undefined {
    const { failure } = this.#store;
    return failure && notRun(this.#to.path, message, failure);
  }

  /** A message is about to be handed over. @returns false for one that was refused: nothing it changes could be stored */
  admits(message: Message): boolean {
    const error = message.replay ? undefined : this.refusal(message);
    if (error) {
      message.fail(error);
      return false;
    }
    if (message.sequence === 0) message.sequence = this.#store.nextNumber();
    return true;
  }

  /**
   * What it begins with: its newest snapshot and what came after it, or where it fell back the snapshot before, or its very
   * beginning, and what came after that.
   * @throws HoldfastError StoreFailed, StoreDamaged, StateRefused, InvalidSpec: its class has no state to be stored
   */
  async read(facts: ActorFacts): Promise<Recovered> {
    const { path } = this.#to;
    if (!facts.replayable) throw hasNoState(path);
    const found = await this.#store.read(this.id);
    this.#snapshots = found?.bases.length ?? 0;
    const base = found?.bases[this.#fellBack ? 1 : 0];
    const { seq = 0, data = beginningBytes() } = base ?? {};
    this.#fellTo = this.#fellBack ? { kind: "base", id: this.id, seq, data } : undefined;
    const tail = (found?.tail ?? []).filter(({ seq }) => base === undefined || seq > base.seq);
    const events = facts.eventSourced ? tail.map(({ data }) => unreadEvents(data, path)) : [];
    const replay = facts.eventSourced ? [] : tail.map(({ data }) => replayed(messageIn(data, path), this.#to.tally));
    const unknown = replay.find(({ method }) => !Object.hasOwn(facts.methods, method));
    if (unknown) throw cannotReplay(path, unknown.method);
    const state = base && stateIn(base.data, path);
    return {
      seq: tail.at(-1)?.seq ?? base?.seq ?? 0,
      state: state && { value: state.value, special: state.special },
      version: state?.version,
      bytes: tail.length === 0 ? base?.data : undefined,
      replay,
      events,
    };
  }

  /**
   * What it was to begin with cannot be restored: it begins with the snapshot before, or its very beginning, and what came
   * after that.
   * @returns undefined where that is what failed, or there is none: it does not begin at all, with this error
   */
  fallsBack(error: Error, hook?: string): HoldfastError | undefined {
    this.recovered = false;
    // What another version has made is no better in the snapshot before.
    if (error instanceof HoldfastError && (error.code === "StateRefused" || error.code === "StoreDamaged"))
      return withPath(this.#to.path, error);
    const other = this.#snapshots !== 0 && !this.#fellBack;
    this.#fellBack = other;
    return other ? undefined : cannotRestore(this.#to.path, error, hook);
  }

  /** It serves. */
  began(): void {
    this.#fellBack = false;
  }

  /** It begins with this. */
  recovers({ seq, bytes }: Recovered): void {
    this.#seq = seq;
    this.#state = bytes;
    this.recovered = true;
  }

  /** It has run. Its outcome leaves when what it changed, and what was changed before it, is durable. */
  took(message: Message, after: After, outcome: Outcome, facts: ActorFacts): void {
    if (!this.recovered) {
      // On its way out, or not even up: what it has run on is undone already.
      this.#undoes([{ message, outcome, stored: message.mail !== undefined }], this.undone);
      return;
    }
    let written: Written;
    try {
      written = writtenOf(message, after, outcome, facts, {
        id: this.id,
        seq: this.#seq + 1,
        before: this.#state,
        fellTo: this.#fellTo,
      });
    } catch (error) {
      this.#cannotBeStored({ message, outcome, stored: false }, toError(error));
      return;
    }
    const { state, changes, numbered } = written;
    const stored = message.mail !== undefined;
    const over = stored ? this.mail!.over(message) : [];
    if (!message.settled) this.#waiting.append(message, "delivered");
    if (changes.length === 0) {
      this.mail?.drop(over);
      // Where what it has seen is undone it runs again.
      this.#leave(this.#held.hold({ message, outcome, stored }, 0));
      return;
    }
    this.#state = state;
    if (state) {
      this.#snapshots = undefined;
      this.#fellTo = undefined;
    }
    if (numbered) this.#seq++;
    const ticket = ++this.#ticket;
    this.#held.hold({ message, outcome, stored }, ticket);
    const era = this.#era;
    // What its host has will be appended soon, too.
    this.#store.append([...changes, ...over], { more: this.#to.executing > 0 }).then(
      () => ticket < era.failedFrom && this.#leave(this.#held.stored(ticket)),
      (error: unknown) => ticket < era.failedFrom && this.#failed(ticket, toError(error)),
    );
  }

  /** Nothing of it is stored any more, once this resolves; and it begins anew. @throws HoldfastError StoreFailed */
  forget(): Promise<void> {
    const forgotten = this.#store.append([{ kind: "forget", id: this.id }]);
    this.#undo({ kind: "killed", by: "app.forget()" });
    return forgotten;
  }

  #undo(cause: DeathCause): void {
    this.recovered = false;
    this.undone = cause;
    this.#to.undo(cause);
  }

  #leave(all: readonly Held[]): void {
    const full = this.#held.size + all.length >= HELD_OUTCOMES;
    for (const { message, outcome } of all) {
      this.#waiting.remove(message);
      message.place = "gone";
      conclude(message, outcome);
    }
    if (full && !this.full) this.#to.pump();
  }

  #failed(ticket: number, cause: Error): void {
    this.#era.failedFrom = ticket;
    this.#era = { failedFrom: Number.POSITIVE_INFINITY };
    const error = storeFailed(`${this.#to.path}: what it did last could not be stored`, cause);
    this.recovered = false;
    const undone = this.#held.failed(ticket);
    this.#undo({ kind: "unstored", error });
    this.#undoes(undone, this.undone);
  }

  /** There are no bytes for what it has changed: it alone is undone, and never tried again. */
  #cannotBeStored(held: Held, error: Error): void {
    if (held.message.mail) this.mail!.drop(this.mail!.over(held.message));
    this.#undo({ kind: "unstored", error: neverStored(this.#to.path, held.message, error) });
    this.#undoes([held], this.undone);
  }

  /** These have run, and nothing of it counts. */
  #undoes(all: readonly Held[], why: DeathCause | undefined): void {
    const again: Message[] = [];
    for (const { message, outcome, stored } of all) {
      this.#waiting.remove(message);
      message.place = "gone";
      if (outcome.ok) releaseAll(outcome.value);
      if (stored) {
        this.mail!.again(message);
        again.push(message);
      } else message.fail(undoneWith(this.#to.path, message, why));
    }
    if (again.length > 0) this.#to.again(again);
  }

  /** Nothing that waits here is to begin. */
  remove(): void {}

  hear(): void {}

  begun(): boolean {
    return true;
  }

  /** It has run: its effect is stored, whoever still wants to hear of it. */
  cancel(): void {}
}
