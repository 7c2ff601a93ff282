import type { ToHost } from "../../transport/frames.js";
import type { EventChunk } from "./event-log.js";

export type ReplayFrame = Omit<Extract<ToHost, { t: "events" }>, "actor" | "incarnation">;

/** So many frames are under way: the host has the next when it has applied one, and holds few. */
const AHEAD = 4;

/**
 * Tells an incarnation that starts what has happened before:
 *
 *   start ─▶ events ─▶ events ─▶ events ─▶ events        four ahead
 *                 ◀── replayed ─▶ events …               one for each that is applied
 *                              last ─▶                   and nothing is answered: it starts
 */
export class Replaying {
  readonly #chunks: Iterator<EventChunk>;
  readonly #send: (frame: ReplayFrame) => void;
  #next: IteratorResult<EventChunk>;

  /** @param chunks in order; each is asked for when it is to be sent, or just before */
  constructor(chunks: Iterator<EventChunk>, send: (frame: ReplayFrame) => void) {
    this.#chunks = chunks;
    this.#send = send;
    this.#next = chunks.next();
  }

  begin(): void {
    for (let ahead = 0; ahead < AHEAD; ahead++) this.replayed();
  }

  /** The host has applied one: there is room for the next. */
  replayed(): void {
    if (this.#next.done) return;
    const { events, version } = this.#next.value;
    this.#next = this.#chunks.next();
    this.#send({ t: "events", events, version, last: this.#next.done === true });
  }
}
