/** So many slots it has at least, a power of two. */
const FEWEST_SLOTS = 16;

/** Empty, it keeps no more slots than this. */
const KEPT_SLOTS = 1024;

/**
 * A Map for numbers that are given in turn and soon taken back, such as those of unanswered requests. A table of slots, each
 * number at its own:
 *
 *   16 slots   ·  33  34  ·  36  ·  …     49 comes while 33 is there: twice the slots, where they are not four times as
 *                                         many as numbers; else 33, which was here before, moves to a Map beside it
 *
 * A Map of the language's own makes its table anew each time that so many numbers have passed, and the old table points to
 * the new one. Once a full collection has moved one of them, all that follow are reached from it, and what stands in them:
 * every request survives, is copied and moved as if it were kept for good, and each small collection takes three times as long.
 */
export class NumberMap<Value extends object> {
  size = 0;
  #mask = FEWEST_SLOTS - 1;
  #keys: number[] = new Array(FEWEST_SLOTS).fill(0);
  #values: (Value | undefined)[] = new Array(FEWEST_SLOTS).fill(undefined);
  #others: Map<number, Value> | undefined;

  get(key: number): Value | undefined {
    const slot = key & this.#mask;
    const value = this.#values[slot];
    return value !== undefined && this.#keys[slot] === key ? value : this.#others?.get(key);
  }

  has(key: number): boolean {
    return this.get(key) !== undefined;
  }

  set(key: number, value: Value): this {
    const slot = key & this.#mask;
    if (this.#values[slot] === undefined && this.#others === undefined) {
      this.size++;
      this.#put(key, value);
    } else if (this.#others?.has(key)) this.#others.set(key, value);
    else {
      this.#makeRoom(key);
      this.#put(key, value);
    }
    return this;
  }

  delete(key: number): boolean {
    const slot = key & this.#mask;
    if (this.#values[slot] !== undefined && this.#keys[slot] === key) this.#values[slot] = undefined;
    else if (this.#others === undefined || !this.#others.delete(key)) return false;
    else if (this.#others.size === 0) this.#others = undefined;
    if (--this.size === 0) this.#emptied();
    return true;
  }

  /** As it is now, in no order. */
  entries(): [number, Value][] {
    const all = [...(this.#others ?? [])];
    for (const [slot, value] of this.#values.entries()) if (value !== undefined) all.push([this.#keys[slot]!, value]);
    return all;
  }

  /** As it is now, in no order. */
  values(): Value[] {
    return this.entries().map(([, value]) => value);
  }

  /** As it is now, in no order. */
  keys(): number[] {
    return this.entries().map(([key]) => key);
  }

  #put(key: number, value: Value): void {
    const slot = key & this.#mask;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  /** Its slot may be taken, by itself or by another. */
  #makeRoom(key: number): void {
    for (;;) {
      const slot = key & this.#mask;
      const there = this.#values[slot];
      if (there !== undefined && this.#keys[slot] === key) return;
      if (there === undefined || this.#mask >= 4 * this.size) {
        if (there !== undefined) {
          this.#others ??= new Map();
          this.#others.set(this.#keys[slot]!, there);
        }
        this.size++;
        return;
      }
      this.#grow();
    }
  }

  /** What was in slots of their own, still is. */
  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    const slots = 2 * values.length;
    this.#mask = slots - 1;
    this.#keys = new Array(slots).fill(0);
    this.#values = new Array(slots).fill(undefined);
    for (const [old, value] of values.entries()) {
      if (value !== undefined) this.#put(keys[old]!, value);
    }
  }

  #emptied(): void {
    if (this.#values.length <= KEPT_SLOTS) return;
    this.#mask = FEWEST_SLOTS - 1;
    this.#keys = new Array(FEWEST_SLOTS).fill(0);
    this.#values = new Array(FEWEST_SLOTS).fill(undefined);
  }
}
