import { DEFAULT_EVENTS, DEFAULT_EVENTS_PER_SNAPSHOT, DEFAULT_TAIL_BYTES } from "../../defaults.js";
import type { Special } from "../../mailbox/message.js";
import type { Packed, Rebuild } from "../../transport/frames.js";
import { pack } from "../../transport/values.js";

/** Events of one version of their class, as they go to a host in one frame. */
export interface EventChunk {
  readonly events: Packed;
  readonly version: number | undefined;
}

/** So many go in one frame, or so many messages' where one has more: some 0.1 ms of work, and few bytes. */
const IN_ONE_FRAME = 256;

/** What has happened to an event-sourced actor since its last snapshot, message by message: its state, with that snapshot. */
export class EventLog {
  readonly #every: number;
  #happened: EventChunk[] = [];
  #count = 0;
  #asked = false;

  /** @param every a snapshot comes when so many events have happened since the one before */
  constructor(every = DEFAULT_EVENTS_PER_SNAPSHOT) {
    this.#every = every;
  }

  get count(): number {
    return this.#count;
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

  /** @param events the list of one message @param version of the class that told of them; undefined: the one that runs */
  add(events: Packed, version?: number): void {
    this.#happened.push({ events, version });
    this.#count += (events.value as unknown[]).length;
  }

  /** A snapshot stands for all so far. */
  clear(): void {
    this.#asked = false;
    this.#happened = [];
    this.#count = 0;
  }

  /** For the next incarnation of an actor that keeps its events here alone. */
  rebuild(): Rebuild {
    let bytes = 0;
    for (const { events } of this.#happened) bytes += pack(events.value, "the events").bytes;
    return {
      events: this.#count > 0,
      roomEvents: Math.max(0, DEFAULT_EVENTS - this.#count),
      roomBytes: Math.max(0, DEFAULT_TAIL_BYTES - bytes),
    };
  }

  *chunks(): IterableIterator<EventChunk> {
    let [all, special]: [unknown[], Special] = [[], false];
    let of: number | undefined;
    // As it is now: what stands by is told of it while its primary goes on.
    for (const { events, version } of [...this.#happened]) {
      if (all.length >= IN_ONE_FRAME || (all.length > 0 && version !== of)) {
        yield { events: { value: all, special }, version: of };
        [all, special] = [[], false];
      }
      of = version;
      all.push(...(events.value as unknown[]));
      if (events.special === true || special === false) special = events.special;
    }
    if (all.length > 0) yield { events: { value: all, special }, version: of };
  }
}
