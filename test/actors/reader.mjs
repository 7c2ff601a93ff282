import { Actor } from "holdfast";

/** Reads from a store that it reaches by ref. */
export class Reader extends Actor {
  static methods = { patient: { limit: "150ms" } };

  #reads = 0;

  async read(name) {
    this.#reads++;
    return `read ${await this.props.store.ask.get(name)}`;
  }
  save(name, value) {
    return this.props.store.tell.put(name, value);
  }
  reads() {
    return this.#reads;
  }
  incarnation() {
    return this.self.incarnation;
  }
  patient(value) {
    return value;
  }
  async *upTo(n) {
    for (let i = 1; i <= n; i++) yield i;
  }
}
