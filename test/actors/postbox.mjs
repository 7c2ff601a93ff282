import { Actor, refuse } from "holdfast";

/** Keeps what it was told, in order. */
export class Postbox extends Actor {
  #letters = [];
  put(letter) {
    this.#letters.push(letter);
    return this.#letters.length;
  }
  lock() {
    this.#letters.push("locked");
  }
  putUnlocked(letter) {
    if (!this.#letters.includes("locked")) this.#letters.push(letter);
  }
  async putAt(door, letter) {
    this.props.gate.tell.jot(`${letter} ${this.call.sequence}`);
    await this.props.gate.ask.pass(door);
    this.#letters.push(letter);
  }
  look() {}
  fails() {
    throw new Error("planned");
  }
  refuses() {
    throw refuse("planned");
  }
  /** Ends its host each time. */
  kills() {
    setTimeout(() => {
      throw new Error("planned");
    });
    return new Promise(() => {});
  }
  leave() {
    this.stopSelf();
  }
  letters() {
    return this.#letters;
  }
  snapshot() {
    return this.#letters;
  }
  restore(letters) {
    this.#letters = [...letters];
  }
}
