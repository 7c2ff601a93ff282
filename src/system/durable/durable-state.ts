import type { ActorFacts } from "../../actor/methods.js";
import { HELD_OUTCOMES } from "../../defaults.js";
import { HoldfastError, toError } from "../../errors.js";
import { versionOf } from "../../host/migrated.js";
import type { Message, Outcome } from "../../mailbox/message.js";
import { type Holder, MessageList } from "../../mailbox/message-list.js";
import type { Packed } from "../../transport/frames.js";
import { releaseAll } from "../../transport/lease.js";
import type { After } from "../actor/kept-state.js";
import { conclude } from "../conclude.js";
import type { DeathCause } from "../death/report.js";
import type { InnerCallOptions } from "../sent.js";
import { changesOf } from "./change.js";
import { HeldOutcomes } from "./held-outcomes.js";
import { eventBytes, eventsIn, messageBytes, messageIn, type StoredEvents, stateBytes, stateIn } from "./pieces.js";
import { replayed } from "./replay-of.js";
import type { StoreChange } from "./store.js";
import type { SystemStore } from "./system-store.js";

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
  readonly events: readonly StoredEvents[];
}

interface Held {
  readonly message: Message;
  readonly outcome: Outcome;
}

/** Whose state it is. */
export interface DurableActor {
  readonly path: string;
  /** What it is now is not what is stored, for this reason: it has to go on from that. */
  undo(cause: DeathCause): void;
  /** Mail may be handed over again. */
  pump(): void;
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
  readonly #store: SystemStore;
  readonly #to: DurableActor;
  readonly #held = new HeldOutcomes<Held>();
  /** Those whose callers still wait. */
  readonly #waiting = new MessageList(this);
  /** The number of the latest change. */
  #seq = 0;
  /** The state after it, where that is known. */
  #state: Uint8Array | undefined;
  /** Messages numbered since the process started. */
  #numbered = 0;
  /** Times that something could not be stored: what was appended before is of no interest any more. */
  #failures = 0;
  /** Why it had to go on from what is stored, the last time. */
  undone: DeathCause | undefined;

  constructor(store: SystemStore, id: string, to: DurableActor) {
    this.#store = store;
    this.id = id;
    this.#to = to;
  }

  /** Outcomes that wait for the store. */
  get held(): number {
    return this.#held.size;
  }

  /** As many wait as may: it runs nothing more until the store has caught up. */
  get full(): boolean {
    return this.#held.size >= HELD_OUTCOMES;
  }

  /** A message is about to be handed over. @returns false for one that was refused: nothing it changes could be stored */
  admits(message: Message): boolean {
    const { failure } = this.#store;
    if (failure && !message.replay) {
      message.fail(storeFailed(`${this.#to.path}: ${message.method} was not run, nothing can be stored now`, failure));
      return false;
    }
    if (message.sequence === 0) message.sequence = this.#store.numbersFrom + ++this.#numbered;
    return true;
  }

  /** @throws HoldfastError StoreFailed, StoreDamaged, StateRefused, InvalidSpec: its class has no state to be stored */
  async read(facts: ActorFacts): Promise<Recovered> {
    const { path } = this.#to;
    if (!facts.replayable) throw hasNoState(path);
    const found = await this.#store.read(this.id);
    const base = found?.bases[0];
    const tail = (found?.tail ?? []).filter(({ seq }) => base === undefined || seq > base.seq);
    const events = facts.eventSourced ? tail.map(({ data }) => eventsIn(data, path)) : [];
    const replay = facts.eventSourced ? [] : tail.map(({ data }) => replayed(messageIn(data, path)));
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

  /** It begins with this. */
  recovers({ seq, bytes }: Recovered): void {
    this.#seq = seq;
    this.#state = bytes;
    this.recovered = true;
  }

  /** It has run. Its outcome leaves when what it changed, and what was changed before it, is durable. */
  took(message: Message, after: After, outcome: Outcome, facts: ActorFacts): void {
    const before = this.#state;
    const state = after.state && stateBytes({ version: versionOf(facts), ...after.state });
    const tail = tailOf(message, after, facts);
    const receipts = receiptsOf(message, outcome);
    const batch = [...changesOf({ id: this.id, seq: this.#seq + 1, tail, state, before }), ...receipts];
    if (!message.settled) this.#waiting.append(message, "delivered");
    if (batch.length === 0) {
      this.#leave(this.#held.hold({ message, outcome }, 0));
      return;
    }
    this.#state = state;
    const seq = tail || receipts.length > 0 ? ++this.#seq : this.#seq;
    this.#held.hold({ message, outcome }, seq);
    const failures = this.#failures;
    this.#store.append(batch).then(
      () => failures === this.#failures && this.#leave(this.#held.stored(seq)),
      (error: unknown) => failures === this.#failures && this.#failed(seq, toError(error)),
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

  #failed(seq: number, cause: Error): void {
    this.#failures++;
    for (const { message, outcome } of this.#held.failed(seq)) {
      this.#waiting.remove(message);
      message.place = "gone";
      if (outcome.ok) releaseAll(outcome.value);
      message.fail(
        storeFailed(`${this.#to.path}: what ${message.method} did is undone, it could not be stored`, cause),
      );
    }
    this.#undo({
      kind: "unstored",
      error: storeFailed(`${this.#to.path}: what it did last could not be stored`, cause),
    });
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

/** What its caller wants to find in the store with it. */
function receiptsOf({ sent }: Message, outcome: Outcome): readonly StoreChange[] {
  const { receipt } = sent.options as InnerCallOptions;
  return receipt && outcome.ok ? receipt(outcome.value) : [];
}

/** What stays of a message that has run, as bytes when they are asked for. */
function tailOf(message: Message, { events }: After, facts: ActorFacts): (() => Uint8Array) | undefined {
  const { sequence, method, args, special } = message;
  if (!facts.eventSourced) return () => messageBytes({ sequence, method, args, special });
  return events && (() => eventBytes({ version: versionOf(facts), events }));
}

function storeFailed(text: string, cause: Error): HoldfastError {
  return new HoldfastError("StoreFailed", `${text} (${cause.message})`, { cause });
}

function hasNoState(path: string): HoldfastError {
  const fix = "write them, or leave durable out";
  return new HoldfastError(
    "InvalidSpec",
    `${path} is durable, and its class has no snapshot() and restore(), or apply(): ${fix}`,
  );
}

function cannotReplay(path: string, method: string): HoldfastError {
  const text = `${path} has stored messages of "${method}", which its class does not have any more: keep it until a snapshot was stored`;
  return new HoldfastError("StateRefused", text, { details: { method } });
}
