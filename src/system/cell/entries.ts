import { HOST_ENTRIES } from "../../host/hosts.js";

/**
 * Which entries of one host's control block are taken. An actor owns as many neighbours as it runs messages at once; those
 * of an incarnation that was fenced are kept from others until the host says that it is over.
 */
export class Entries {
  readonly #each: number;
  /** They were used and are free again; those from `#unused` on have never been. */
  readonly #free: number[] = [];
  readonly #fenced = new Map<string, number>();
  #unused = 0;

  /** @param each how many an actor needs */
  constructor(each: number) {
    this.#each = each;
  }

  get room(): boolean {
    return this.#free.length > 0 || this.#unused + this.#each <= HOST_ENTRIES;
  }

  /** @returns the first one's number, or undefined when none is left */
  take(): number | undefined {
    const used = this.#free.pop();
    if (used !== undefined || !this.room) return used;
    const entry = this.#unused;
    this.#unused += this.#each;
    return entry;
  }

  free(entry: number): void {
    this.#free.push(entry);
  }

  fence(actor: number, incarnation: number, entry: number): void {
    this.#fenced.set(`${actor} ${incarnation}`, entry);
  }

  /** The host has said that this incarnation is over. */
  over(actor: number, incarnation: number): void {
    if (this.#fenced.size === 0) return;
    const name = `${actor} ${incarnation}`;
    const entry = this.#fenced.get(name);
    if (entry === undefined) return;
    this.#fenced.delete(name);
    this.free(entry);
  }
}
