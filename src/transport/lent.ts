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
 *                 ├─ its start failed, or was ignored   the same
 *                 └─ gone                               all
 */
export class Lent {
  /** By incarnation, then by call: one that ends looks at no other's. */
  readonly #of = new Map<string, Map<number, readonly Piece[]>>();

  add({ actor, incarnation, seq }: Extract<ToHost, { t: "call" }>, pieces: readonly Piece[]): void {
    const name = `${actor} ${incarnation}`;
    const calls = this.#of.get(name);
    if (calls) calls.set(seq, pieces);
    else this.#of.set(name, new Map([[seq, pieces]]));
  }

  /** The call could not be sent. */
  unsent({ actor, incarnation, seq }: Extract<ToHost, { t: "call" }>): void {
    this.#back(`${actor} ${incarnation}`, seq);
  }

  heard(frame: ToParent): void {
    if (this.#of.size === 0) return;
    switch (frame.t) {
      case "done":
        this.#back(`${frame.actor} ${frame.incarnation}`, frame.seq);
        return;
      case "crashed":
        this.#back(`${frame.actor} ${frame.incarnation}`, frame.seq);
        this.ended(frame.actor, frame.incarnation, frame.left.length > 0);
        return;
      case "stopped":
        this.ended(frame.actor, frame.incarnation, frame.left ?? false);
        return;
      case "settled":
      // Mail may have followed the start: what was not up has run none of it.
      case "start-failed":
      case "ignored":
        this.ended(frame.actor, frame.incarnation, false);
        return;
    }
  }

  /** A `done` without a frame. */
  answered(actor: number, incarnation: number, seq: number): void {
    if (this.#of.size > 0) this.#back(`${actor} ${incarnation}`, seq);
  }

  /** An incarnation is over. @param stillRuns something of it still does, and may use what it has */
  ended(actor: number, incarnation: number, stillRuns: boolean): void {
    if (stillRuns || this.#of.size === 0) return;
    const name = `${actor} ${incarnation}`;
    for (const pieces of this.#of.get(name)?.values() ?? []) release(pieces);
    this.#of.delete(name);
  }

  /** The host is gone. */
  all(): void {
    for (const calls of this.#of.values()) for (const pieces of calls.values()) release(pieces);
    this.#of.clear();
  }

  #back(name: string, seq: number): void {
    const calls = this.#of.get(name);
    const pieces = calls?.get(seq);
    if (!calls || !pieces) return;
    release(pieces);
    calls.delete(seq);
    if (calls.size === 0) this.#of.delete(name);
  }
}

function release(pieces: readonly Piece[]): void {
  for (const piece of pieces) piece.release();
}
