import type { ToHost, ToParent } from "./frames.js";
import type { Piece } from "./slab-memory.js";

/**
 * What a host uses in place, by the call that brought it there. The parent concludes from the host's frames when it has
 * stopped doing so; one that ends in any other way has, when it has really gone.
 *
 *   call ─▶ lent ─▶ done                               that call's are back
 *                 ├─ crashed, and nothing of it runs    all of that incarnation's
 *                 ├─ settled: what still ran has ended  the same
 *                 ├─ stopped, and nothing of it runs    the same
 *                 └─ gone                               all
 */
export class Lent {
  readonly #calls = new Map<string, readonly Piece[]>();

  /** Calls that have something. */
  get size(): number {
    return this.#calls.size;
  }

  add({ actor, incarnation, seq }: Extract<ToHost, { t: "call" }>, pieces: readonly Piece[]): void {
    this.#calls.set(`${actor} ${incarnation} ${seq}`, pieces);
  }

  /** The call could not be sent. */
  unsent({ actor, incarnation, seq }: Extract<ToHost, { t: "call" }>): void {
    this.#back(`${actor} ${incarnation} ${seq}`);
  }

  heard(frame: ToParent): void {
    if (this.#calls.size === 0) return;
    if (frame.t === "done") this.#back(`${frame.actor} ${frame.incarnation} ${frame.seq}`);
    else if (frame.t === "crashed") this.#over(frame.actor, frame.incarnation, frame.left.length > 0, frame.seq);
    else if (frame.t === "settled") this.#over(frame.actor, frame.incarnation, false);
    else if (frame.t === "stopped") this.#over(frame.actor, frame.incarnation, frame.left ?? false);
  }

  /** Nothing of that incarnation runs any more, or something still does. */
  #over(actor: number, incarnation: number, stillRuns: boolean, threw = 0): void {
    const start = `${actor} ${incarnation} `;
    if (threw !== 0) this.#back(`${start}${threw}`);
    if (stillRuns) return;
    for (const name of this.#calls.keys()) if (name.startsWith(start)) this.#back(name);
  }

  /** That incarnation was ended by force, in this turn. */
  ended(actor: number, incarnation: number, stillRuns: boolean): void {
    if (this.#calls.size > 0) this.#over(actor, incarnation, stillRuns);
  }

  /** The host is gone. */
  all(): void {
    for (const name of this.#calls.keys()) this.#back(name);
  }

  #back(name: string): void {
    for (const piece of this.#calls.get(name) ?? []) piece.release();
    this.#calls.delete(name);
  }
}
