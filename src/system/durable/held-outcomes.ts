/**
 * Outcomes that wait until what they tell of is durable. They leave in the order in which they were given:
 *
 *   hold #1 ─ hold #2 ─ hold (nothing to store) ─ hold #3
 *   stored #2 ─▶ #1, #2 and the one behind them leave
 *   failed #3 ─▶ #3 and all behind it are undone; what is before it still waits for its own
 *
 * One that has changed nothing has seen what was changed before it, so it leaves, or is undone, with that.
 */
export class HeldOutcomes<Item> {
  #items: { readonly item: Item; readonly seq: number }[] = [];
  #stored = 0;

  get size(): number {
    return this.#items.length;
  }

  /**
   * @param seq of the change it tells of, ascending for good; 0: it has changed nothing
   * @returns what may leave now
   */
  hold(item: Item, seq: number): readonly Item[] {
    this.#items.push({ item, seq });
    return seq === 0 ? this.#leaving() : [];
  }

  /** Every change up to this one is durable. @returns what may leave now */
  stored(seq: number): readonly Item[] {
    if (seq > this.#stored) this.#stored = seq;
    return this.#leaving();
  }

  /** This change, and every one after it, is not durable and never will be. @returns what is undone */
  failed(seq: number): readonly Item[] {
    const from = this.#items.findIndex((held) => held.seq >= seq);
    return from < 0 ? [] : this.#items.splice(from).map(({ item }) => item);
  }

  #leaving(): readonly Item[] {
    const items = this.#items;
    let count = 0;
    while (count < items.length && items[count]!.seq <= this.#stored) count++;
    return count === 0 ? [] : items.splice(0, count).map(({ item }) => item);
  }
}
