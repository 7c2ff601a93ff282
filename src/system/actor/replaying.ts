import { toError } from "../../errors.js";
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
  readonly #failed: (error: Error) => void;
  /** Undefined: there is no more. */
  #next: EventChunk | undefined;

  /**
   * @param chunks in order; each is asked for when it is to be sent, or just before
   * @param failed hears what asking for one throws, once; nothing more is sent then
   */
  constructor(
    chunks: Iterator<EventChunk>,
    send: (frame: ReplayFrame) => void,
    failed: (error: Error) => void = () => {},
  ) {
    this.#chunks = chunks;
    this.#send = send;
    this.#failed = failed;
  }

  begin(): void {
    try {
      this.#next = this.#read();
    } catch (error) {
      this.#failed(toError(error));
      return;
    }
    for (let ahead = 0; ahead < AHEAD; ahead++) this.replayed();
  }

  /** The host has applied one: there is room for the next. */
  replayed(): void {
    const chunk = this.#next;
    if (!chunk) return;
    try {
      this.#next = this.#read();
    } catch (error) {
      this.#next = undefined;
      this.#failed(toError(error));
      return;
    }
    this.#send({ t: "events", ...chunk, last: this.#next === undefined });
  }

  #read(): EventChunk | undefined {
    const { done, value } = this.#chunks.next();
    return done ? undefined : value;
  }
}
