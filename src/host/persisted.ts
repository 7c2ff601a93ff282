import { DEFAULT_EVENTS, DEFAULT_TAIL_BYTES } from "../defaults.js";
import { refuse } from "../errors.js";
import type { Special } from "../mailbox/message.js";
import { isPlain } from "../mailbox/plain.js";
import type { Packed } from "../transport/frames.js";
import type { Sized } from "../transport/values.js";

/** The events of one message: they travel with its outcome, or have never happened. */
export class Persisted {
  /** Why they cannot be part of a state: its apply() failed. */
  broken: { readonly error: unknown } | undefined;
  /** apply() runs. */
  applying = false;
  readonly #events: unknown[] = [];
  #special: Special = false;
  #bytes = 0;

  get count(): number {
    return this.#events.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy: its actor may change what it has of it. */
  add({ value, special, bytes }: Sized): void {
    this.#events.push(isPlain(value) ? value : structuredClone(value));
    this.#bytes += bytes;
    if (special === true || this.#special === false) this.#special = special;
  }

  packed(): Packed {
    return { value: this.#events, special: this.#special };
  }
}

/** How many events more may happen before a snapshot has to stand for some; see Rebuild. */
export class EventRoom {
  readonly #saves: boolean;
  #events: number;
  #bytes: number;

  /** @param saves its class has snapshot(): where there is no more room, one is taken */
  constructor(saves: boolean, events: number, bytes: number) {
    this.#saves = saves;
    this.#events = events;
    this.#bytes = bytes;
  }

  /** @throws HoldfastError Refused where there is none for one more: an answer, and the state is as before */
  check(path: string, persisted: Persisted | undefined, more: number): void {
    const count = (persisted?.count ?? 0) + 1;
    const bytes = (persisted?.bytes ?? 0) + more;
    if (count > DEFAULT_EVENTS || bytes > DEFAULT_TAIL_BYTES) {
      const bound = `one message may persist ${DEFAULT_EVENTS} events, or ${DEFAULT_TAIL_BYTES} bytes of them`;
      throw refuse("too-many-events", `${path}: ${bound}: do it in several`);
    }
    if (this.#saves || (count <= this.#events && bytes <= this.#bytes)) return;
    const bound = `${DEFAULT_EVENTS} events, or ${DEFAULT_TAIL_BYTES} bytes of them, are kept in memory for its next start`;
    const fix = "give its class snapshot() and restore(), or make it durable";
    throw refuse("too-many-events", `${path}: ${bound}: ${fix} (docs/state.md)`);
  }

  /** They count. @returns whether a snapshot has to stand for what has happened now */
  take({ count, bytes }: Persisted): boolean {
    this.#events -= count;
    this.#bytes -= bytes;
    return this.#saves && (this.#events <= 0 || this.#bytes <= 0);
  }

  /** A snapshot stands for all so far. */
  clear(): void {
    this.#events = Math.max(this.#events, DEFAULT_EVENTS);
    this.#bytes = Math.max(this.#bytes, DEFAULT_TAIL_BYTES);
  }
}
