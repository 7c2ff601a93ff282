import { Actor } from "holdfast";

/** Counts the visits of one user: an actor of its own for each, with its own mailbox, state and restart. */
export class Visits extends Actor {
  #count = 0;

  visit() {
    this.#count += 1;
    return this.#count;
  }

  snapshot() {
    return this.#count;
  }

  restore(count) {
    this.#count = count;
  }
}
