/** One event that is kept. */
export interface KeptEvent {
  /** Grows with each event of the log. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly type: string;
  /** The event as plain data. */
  readonly event: unknown;
  readonly bytes: number;
}

/** The latest events, bounded in count, bytes and age: the oldest leave first. */
export class EventRing {
  readonly #most: number;
  readonly #mostBytes: number;
  #events: KeptEvent[] = [];
  /** Before it in the list they have left; they are cut off when they are half of it. */
  #first = 0;
  #bytes = 0;

  constructor(most: number, mostBytes: number) {
    this.#most = most;
    this.#mostBytes = mostBytes;
  }

  get size(): number {
    return this.#events.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns how many had to leave for want of room */
  push(event: KeptEvent): number {
    this.#events.push(event);
    this.#bytes += event.bytes;
    const before = this.size;
    while (this.size > this.#most || (this.#bytes > this.#mostBytes && this.size > 1)) this.#drop();
    return before - this.size;
  }

  /** Those of before a time leave. */
  forgetBefore(at: number): void {
    while (this.size > 0 && this.#events[this.#first]!.at < at) this.#drop();
  }

  /** Newest first. */
  *latest(): IterableIterator<KeptEvent> {
    for (let i = this.#events.length - 1; i >= this.#first; i--) yield this.#events[i]!;
  }

  #drop(): void {
    this.#bytes -= this.#events[this.#first]!.bytes;
    this.#first += 1;
    if (this.#first * 2 < this.#events.length) return;
    this.#events = this.#events.slice(this.#first);
    this.#first = 0;
  }
}
