import type { ActorFacts } from "../../actor/methods.js";
import type { Message } from "../../mailbox/message.js";
import type { Packed, Rebuild } from "../../transport/frames.js";
import type { Recovered } from "../durable/recovered.js";
import { EventLog } from "./event-log.js";
import { ReplayLog } from "./replay-log.js";

/** What came with the outcome of a message. */
export interface After {
  readonly ran: boolean;
  readonly state?: Packed | undefined;
  readonly events?: Packed | undefined;
  /** It was read from the store: what was told before may be undone. */
  readonly anew?: boolean | undefined;
}

/** Hears of each change of what is kept, in the turn in which it counts. */
export type OnKept = (kept: KeptState, after: After) => void;

/**
 * What the state of an actor is built from after a death: its last snapshot, and what came after that.
 *
 *   snapshot()          snapshot ─ message ─ message          they run again: ReplayLog
 *   apply(), snapshot() snapshot ─ event ─ event ─ event      they are applied again: EventLog
 */
export class KeptState {
  readonly #log: ReplayLog;
  readonly #stored: boolean;
  readonly #every: number | undefined;
  #past: EventLog | undefined;
  readonly #onKept: OnKept | undefined;
  #mark: object | undefined;
  /** It is not whole: the next incarnation begins with what is stored. */
  partial = false;
  /** Of the class that made the snapshot, where that was before the process started; undefined: the one that runs. */
  version: number | undefined;

  /** @param stored a store has it too: it is not all kept here, where it is much */
  constructor(snapshotEvery: number | undefined, stored: boolean, onKept?: OnKept) {
    this.#every = snapshotEvery;
    this.#stored = stored;
    this.#onKept = onKept;
    this.#log = new ReplayLog(snapshotEvery);
  }

  /** The last good snapshot. */
  get snapshot(): Packed | undefined {
    return this.#log.state;
  }

  /** What changed it last: who holds that, and all before, holds the state, but for messages that have to run again. */
  get mark(): object | undefined {
    return this.#mark;
  }

  /** What has happened since, to an event-sourced actor that has answered anything. */
  get past(): EventLog | undefined {
    return this.#past;
  }

  /** It is this, whatever it was. */
  recovers({ state, version, events }: Recovered): void {
    this.#log.reset(state);
    this.version = version;
    this.#past = undefined;
    this.partial = false;
    for (const one of events) {
      this.#past ??= new EventLog(this.#every);
      this.#past.addUnread(one);
    }
    // Another than all before: what was given of those is not this.
    this.#mark = {};
    this.#onKept?.(this, { ran: false, anew: true });
  }

  /** An incarnation begins with it. */
  rebuild(facts: ActorFacts): Rebuild | undefined {
    if (!facts.eventSourced) return undefined;
    this.#past ??= new EventLog(this.#every);
    return this.#past.rebuild(this.#stored);
  }

  /**
   * Lets go of what a store has too, where it is much. Not while an incarnation is told of it, and not where something stands
   * by: the next of those is made from it, in the turn.
   */
  lighten(): void {
    if (!this.#stored || this.#onKept || !this.#past?.heavy) return;
    this.#past.letGo();
    this.partial = true;
  }

  /** Whether this message, the next to be delivered, is to bring a snapshot. */
  due(message: Message, inflight: number, { eventSourced, saves }: ActorFacts): boolean {
    if (!eventSourced) return this.#log.due(message, inflight);
    return saves === true && (this.#past?.due() ?? false);
  }

  /** A message has left an actor whose state is kept. */
  left(message: Message, after: After, { eventSourced }: ActorFacts): void {
    const { ran, state, events } = after;
    if (eventSourced) {
      this.#past ??= new EventLog(this.#every);
      if (state) {
        this.#log.state = state;
        this.version = undefined;
        this.#past.clear();
        this.partial = false;
      } else if (events) {
        this.#past.add(events);
        this.lighten();
      }
      if (!ran) this.#past.owed();
    } else if (state) {
      this.#log.took(state);
      this.version = undefined;
    } else this.#log.keep(message, ran);
    if (!state && !events) return;
    this.#mark = state ?? events;
    this.#onKept?.(this, after);
  }

  /** The incarnation is over. */
  over(): void {
    this.#past?.owed();
  }

  /** It was answered and cannot be replayed now: it is state until it can. */
  keep(message: Message): void {
    this.#log.keep(message, true);
  }

  /** Messages that have to run again; it is without them from here on. */
  takeTail(): Message[] {
    return this.#log.takeTail();
  }
}
