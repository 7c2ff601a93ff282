import { DEFAULT_EVENTS, DEFAULT_EVENTS_PER_SNAPSHOT, DEFAULT_TAIL_BYTES } from "../../defaults.js";
import type { Special } from "../../mailbox/message.js";
import type { Packed, Rebuild } from "../../transport/frames.js";
import { pack } from "../../transport/values.js";

/** Events of one version of their class, as they go to a host in one frame. */
export interface EventChunk {
  readonly events: Packed;
  /** Undefined: of the class that runs. */
  readonly version: number | undefined;
}

/** Events as a store has them. To read them all at once would hold up everybody else. */
export interface UnreadEvents {
  readonly bytes: number;
  /** @throws HoldfastError StoreDamaged */
  read(): EventChunk;
}

/** So many go in one frame, or so many messages' where one has more: some 0.1 ms of work, and few bytes. */
const IN_ONE_FRAME = 256;

/** What has happened to an event-sourced actor since its last snapshot, message by message: its state, with that snapshot. */
export class EventLog {
  readonly #every: number;
  #happened: (EventChunk | UnreadEvents)[] = [];
  #count = 0;
  #bytes = 0;
  #asked = false;

  /** @param every a snapshot comes when so many events have happened since the one before */
  constructor(every = DEFAULT_EVENTS_PER_SNAPSHOT) {
    this.#every = every;
  }

  get count(): number {
    return this.#count;
  }

  /** It is more than is kept in memory where a store has it too. */
  get heavy(): boolean {
    return this.#count > DEFAULT_EVENTS || this.#bytes > DEFAULT_TAIL_BYTES;
  }

  /** Whether the next message to be delivered is to bring a snapshot: asked for once. */
  due(): boolean {
    if (this.#asked || this.#count < this.#every) return false;
    this.#asked = true;
    return true;
  }

  /** The message that was to bring one did not run, or its incarnation is over. */
  owed(): void {
    this.#asked = false;
  }

  /** @param events the list of one message, of the class that runs */
  add(events: Packed): void {
    this.#happened.push({ events, version: undefined });
    this.#count += (events.value as unknown[]).length;
    this.#bytes += pack(events.value, "the events").bytes;
  }

  /** Those of one message, from a store; they count as one until they are read. */
  addUnread(events: UnreadEvents): void {
    this.#happened.push(events);
    this.#count++;
    this.#bytes += events.bytes;
  }

  /** A snapshot stands for all so far. */
  clear(): void {
    this.#asked = false;
    this.#happened = [];
    this.#count = 0;
    this.#bytes = 0;
  }

  /** A store has them: they are not kept here too. They are counted all the same. */
  letGo(): void {
    this.#happened = [];
  }

  /** @param stored a store keeps them: there is room for any number */
  rebuild(stored: boolean): Rebuild {
    const room = (most: number, now: number) => (stored ? Number.POSITIVE_INFINITY : Math.max(0, most - now));
    return {
      events: this.#happened.length > 0,
      roomEvents: room(DEFAULT_EVENTS, this.#count),
      roomBytes: room(DEFAULT_TAIL_BYTES, this.#bytes),
    };
  }

  /** @throws HoldfastError StoreDamaged for what is none, when its turn comes */
  *chunks(): IterableIterator<EventChunk> {
    let [all, special]: [unknown[], Special] = [[], false];
    let of: number | undefined;
    // As it is now: what stands by is told of it while its primary goes on.
    for (const one of [...this.#happened]) {
      const { events, version } = "read" in one ? one.read() : one;
      if (all.length >= IN_ONE_FRAME || (all.length > 0 && version !== of)) {
        yield { events: { value: all, special }, version: of };
        [all, special] = [[], false];
      }
      of = version;
      for (const event of events.value as unknown[]) all.push(event);
      if (events.special === true || special === false) special = events.special;
    }
    if (all.length > 0) yield { events: { value: all, special }, version: of };
  }
}
