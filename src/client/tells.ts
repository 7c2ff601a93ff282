import type { TellFrame } from "../protocol/frames.js";
import type { Link } from "./link.js";
import type { ClientSettings } from "./options.js";
import { weigh } from "./weigh.js";

/** Tells that wait for a connection: each is written at most once, in order, and never after a drop. */
export class Tells {
  readonly #settings: ClientSettings;
  readonly #link: () => Link;
  readonly #queue: { readonly frame: TellFrame; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(settings: ClientSettings, link: () => Link) {
    this.#settings = settings;
    this.#link = link;
  }

  /**
   * @returns whether it was sent or will be, as far as anybody can know
   * @throws HoldfastError InvalidValue or PayloadTooLarge
   */
  send(frame: TellFrame): boolean {
    const link = this.#link();
    if (link.closedBy) return false;
    if (link.ready && this.#queue.length === 0 && link.unsent <= this.#settings.maxBuffered) return link.send(frame);
    const bytes = weigh(frame.args);
    const { maxQueued, maxBuffered } = this.#settings;
    if (this.#queue.length >= maxQueued || this.#bytes + bytes > maxBuffered) return false;
    this.#queue.push({ frame, bytes });
    this.#bytes += bytes;
    return true;
  }

  pump(): void {
    const link = this.#link();
    while (this.#queue.length > 0 && link.ready) {
      const { frame, bytes } = this.#queue.shift()!;
      this.#bytes -= bytes;
      try {
        link.send(frame);
      } catch {
        // Too large for this server: nobody waits for a tell.
      }
    }
  }
}
