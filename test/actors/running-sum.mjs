import { Actor, refuse } from "holdfast";

/** A running total and a count: an answer shows every number that came before it, once. */
export class RunningSum extends Actor {
  #total = 0;
  #count = 0;

  push(n) {
    if (n === 0) throw refuse("nothing", "nothing to add");
    this.#total += n;
    this.#count += 1;
    return { total: this.#total, count: this.#count };
  }
  snapshot() {
    return [this.#total, this.#count];
  }
  restore([total, count]) {
    this.#total = total;
    this.#count = count;
  }
}
