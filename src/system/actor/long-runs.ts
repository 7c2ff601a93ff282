import type { Clock } from "../../clock.js";
import type { Message } from "../../mailbox/message.js";
import type { Run } from "../cell/work.js";

/** When the messages of an actor began that run for long: how long their methods take is learned from their ends. */
export class LongRuns {
  /** By sequence number. Made for the first: most actors have none. */
  #since: Map<number, number> | undefined;

  get any(): boolean {
    return this.#since !== undefined;
  }

  see(runs: readonly Run[], now: number): void {
    for (const { seq, since, learnsAt } of runs) {
      if (learnsAt > now) continue;
      this.#since ??= new Map();
      this.#since.set(seq, since);
    }
  }

  /** @param longest of each method, ms; undefined where its cell is gone */
  ended({ seq, method }: Message, ok: boolean, longest: Map<string, number> | undefined, clock: Clock): void {
    const since = this.#since?.get(seq);
    if (since === undefined || !longest) return;
    this.#since!.delete(seq);
    const ranMs = clock.now() - since;
    if (ok && ranMs > (longest.get(method) ?? 0)) longest.set(method, ranMs);
  }

  /** The incarnation is over. */
  forget(): void {
    this.#since = undefined;
  }
}
