import { NumberMap } from "../../number-map.js";

/** What the actors of one cell have asked and nobody has answered yet: found by its call, and by who asks. */
export class OpenAsks {
  readonly #byCall = new NumberMap<{ readonly actor: number; readonly abort: AbortController }>();
  /** So that the end of one asker costs what it asked, however much the others wait for. */
  readonly #byActor = new Map<number, Set<number>>();

  add(actor: number, call: number): AbortController {
    const abort = new AbortController();
    this.#byCall.set(call, { actor, abort });
    const calls = this.#byActor.get(actor);
    if (calls) calls.add(call);
    else this.#byActor.set(actor, new Set([call]));
    return abort;
  }

  delete(call: number): void {
    const ask = this.#byCall.get(call);
    if (!ask || !this.#byCall.delete(call)) return;
    const calls = this.#byActor.get(ask.actor);
    calls?.delete(call);
    if (calls?.size === 0) this.#byActor.delete(ask.actor);
  }

  cancel(call: number): void {
    this.#byCall.get(call)?.abort.abort();
  }

  cancelFor(actor: number): void {
    for (const call of this.#byActor.get(actor) ?? []) this.cancel(call);
  }

  cancelAll(): void {
    for (const call of this.#byCall.keys()) this.cancel(call);
  }
}
