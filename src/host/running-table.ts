import { NumberMap } from "../number-map.js";
import type { Running } from "./running.js";

/** What runs of one incarnation, by sequence number. Most run one message at a time, and that one stands in a field. */
export class RunningTable {
  #one: Running | undefined;
  #others: NumberMap<Running> | undefined;

  get size(): number {
    return (this.#one ? 1 : 0) + (this.#others?.size ?? 0);
  }

  add(running: Running): void {
    if (!this.#one) this.#one = running;
    else {
      this.#others ??= new NumberMap();
      this.#others.set(running.call.seq, running);
    }
  }

  get(seq: number): Running | undefined {
    return this.#one?.call.seq === seq ? this.#one : this.#others?.get(seq);
  }

  /** @returns false where it is not there (any more) */
  delete(seq: number): boolean {
    if (this.#one?.call.seq !== seq) return this.#others?.delete(seq) ?? false;
    this.#one = undefined;
    return true;
  }

  /** Takes all out. */
  clear(): Running[] {
    const all = [...(this.#one ? [this.#one] : []), ...(this.#others?.values() ?? [])];
    this.#one = undefined;
    this.#others = undefined;
    return all;
  }
}
