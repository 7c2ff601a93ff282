import { firstAt, HOST_ENTRIES, nextAfter } from "../../host/actor-number.js";

/**
 * Which entries of one host's control block are taken, by the numbers of who has them. An actor owns as many neighbours as
 * it runs messages at once; those of an incarnation that was fenced are kept from others until the host says it is over.
 */
export class Entries {
  readonly #each: number;
  /** The numbers of who takes those next that were used and are free again; those from `#unused` on have never been. */
  readonly #free: number[] = [];
  readonly #fenced = new Set<string>();
  #unused = 0;

  /** @param each how many an actor needs */
  constructor(each: number) {
    this.#each = each;
  }

  get room(): boolean {
    return this.#free.length > 0 || this.#unused + this.#each <= HOST_ENTRIES;
  }

  /** @returns the number of an actor that has them now, or undefined when none is left */
  take(): number | undefined {
    const used = this.#free.pop();
    if (used !== undefined || !this.room) return used;
    const entry = this.#unused;
    this.#unused += this.#each;
    return firstAt(entry);
  }

  free(actor: number): void {
    this.#free.push(nextAfter(actor));
  }

  fence(actor: number, incarnation: number): void {
    this.#fenced.add(`${actor} ${incarnation}`);
  }

  /** The host has said that this incarnation is over. */
  over(actor: number, incarnation: number): void {
    if (this.#fenced.size > 0 && this.#fenced.delete(`${actor} ${incarnation}`)) this.free(actor);
  }
}
