import { Actor } from "holdfast";

/** A sum that says where it came from. Its snapshots and events are of version 1. */
export class Sum extends Actor {
  #sum = 0;
  #from = "nothing";
  add(by) {
    this.persist({ by });
    return this.#sum;
  }
  sum() {
    return this.#sum;
  }
  from() {
    return this.#from;
  }
  apply({ by }) {
    if (by === this.props?.spoiled) throw new Error(`cannot apply ${by}`);
    this.#sum += by;
  }
  snapshot() {
    return { sum: this.#sum };
  }
  restore({ sum }) {
    if (this.props?.lost?.includes(sum)) throw new Error(`cannot restore ${sum}`);
    this.#sum = sum;
    this.#from = `snapshot ${sum}`;
  }
}

/** The next version: what was `sum` is `total`, what was `by` is `plus`. */
export class Total extends Actor {
  static version = 2;
  static migrate(state, from) {
    return { total: state.sum, from };
  }
  static migrateEvent(event) {
    return { plus: event.by };
  }
  #total = 0;
  #from = 2;
  add(by) {
    this.persist({ plus: by });
    return this.#total;
  }
  sum() {
    return this.#total;
  }
  from() {
    return `version ${this.#from}`;
  }
  apply({ plus }) {
    this.#total += plus;
  }
  snapshot() {
    return { total: this.#total };
  }
  restore({ total, from = 2 }) {
    this.#total = total;
    this.#from = from;
  }
}

/** Of another version, and says nothing of those before. */
export class Stranger extends Total {
  static version = 3;
  static migrate = undefined;
  static migrateEvent = undefined;
}

/** Without events: its messages run again. */
export class Plain extends Actor {
  #sum = 0;
  #from = "nothing";
  add(by) {
    this.#sum += by;
    return this.#sum;
  }
  sum() {
    return this.#sum;
  }
  from() {
    return this.#from;
  }
  number() {
    return this.call.sequence;
  }
  async numberAt(gate, door) {
    const { sequence } = this.call;
    gate.tell.jot(`${door} ${sequence}`);
    await gate.ask.pass(door);
    this.#sum++;
    return sequence;
  }
  snapshot() {
    return { sum: this.#sum };
  }
  restore({ sum }) {
    if (this.props?.lost?.includes(sum)) throw new Error(`cannot restore ${sum}`);
    this.#sum = sum;
    this.#from = `snapshot ${sum}`;
  }
}

/** Events alone. */
export class Journal extends Actor {
  #length = 0;
  #last;
  write(...entries) {
    for (const entry of entries) this.persist(entry);
    return this.#length;
  }
  fill(count) {
    for (let i = 0; i < count; i++) this.persist(i);
    return this.#length;
  }
  read() {
    return [this.#length, this.#last];
  }
  apply(entry) {
    this.#length++;
    this.#last = entry;
  }
}
