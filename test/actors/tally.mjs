import { Actor, refuse } from "holdfast";

/** Adds up, and can be made to fail in every way: what a durable actor is tried with. */
export class Tally extends Actor {
  #total = 0;
  /** Messages it has run, in this incarnation. */
  #ran = 0;

  add(by) {
    this.#ran++;
    this.#total += by;
    return this.#total;
  }

  total() {
    return this.#total;
  }

  ran() {
    return this.#ran;
  }

  async addAt(gate, name, by) {
    await gate.ask.pass(name);
    return this.add(by);
  }

  /** Its number for good, and where it is handled. */
  async sequence(gate, name) {
    this.#total++;
    const { sequence } = this.call;
    await gate.ask.jot(`${name} ${sequence} in ${this.self.incarnation}`);
    await gate.ask.pass(name);
    return sequence;
  }

  throws(by) {
    this.add(by);
    throw new Error("planned");
  }

  refuses(by) {
    this.add(by);
    throw refuse("planned");
  }

  async *count(to) {
    for (let i = 1; i <= to; i++) {
      this.add(1);
      yield i;
    }
  }

  /** Ends its host, after it has added. */
  dies(by) {
    this.add(by);
    setTimeout(() => {
      throw new Error("planned");
    });
    return new Promise(() => {});
  }

  snapshot() {
    return { total: this.#total };
  }

  restore({ total }) {
    this.#total = total;
  }
}

/** Keeps what it is told, in order: nothing of that can be lost, doubled or changed places without being seen. */
export class Notes extends Actor {
  #all = [];

  /** All that it has, this one included. */
  put(id) {
    this.#all.push(id);
    return [...this.#all];
  }

  all() {
    return [...this.#all];
  }

  /** What it puts is undone. */
  throws(id) {
    this.#all.push(id);
    throw new Error("planned");
  }

  snapshot() {
    return this.#all;
  }

  restore(all) {
    this.#all = all;
  }
}

/** The same as the sum of its events. */
export class EventNotes extends Actor {
  #all = [];

  put(id) {
    this.persist(id);
    return [...this.#all];
  }

  all() {
    return [...this.#all];
  }

  throws(id) {
    this.persist(id);
    throw new Error("planned");
  }

  apply(id) {
    this.#all.push(id);
  }

  snapshot() {
    return this.#all;
  }

  restore(all) {
    this.#all = [...all];
  }
}

/** Has nothing to be stored. */
export class Stateless extends Actor {
  echo(value) {
    return value;
  }
}
