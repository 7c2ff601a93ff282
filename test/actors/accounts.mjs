import { Actor, refuse } from "holdfast";

/** Event-sourced: its balance is the sum of its events. */
export class Account extends Actor {
  #balance = 0;
  #seen = [];
  deposit(cents) {
    this.persist({ deposited: cents });
    return this.#balance;
  }
  /** Its caller hears of each part as it happens. */
  parts(...cents) {
    const balances = [];
    for (const each of cents) {
      this.persist({ deposited: each });
      balances.push(this.#balance);
    }
    return balances;
  }
  async depositHeld(cents, door) {
    this.persist({ deposited: cents });
    await this.props.gate.ask.pass(door);
    this.persist({ deposited: cents });
    return this.#balance;
  }
  async depositUnlessAborted(cents, door) {
    this.persist({ deposited: cents });
    await this.props.gate.ask.pass(door);
    this.signal.throwIfAborted();
  }
  depositThenThrow(cents) {
    this.persist({ deposited: cents });
    throw new Error("after it");
  }
  depositThenRefuse(cents) {
    this.persist({ deposited: cents });
    throw refuse("counted", "and it counts");
  }
  /** Catches what apply() throws, and answers as if nothing had been. */
  swallow(cents) {
    try {
      this.persist({ bad: true });
    } catch {
      this.persist({ deposited: cents });
    }
    return "swallowed";
  }
  keepAndChange(tag) {
    const event = { deposited: 1, tag };
    this.persist(event);
    event.deposited = 1000;
    return this.#balance;
  }
  many(count) {
    for (let i = 0; i < count; i++) this.persist({ deposited: 1 });
    return this.#balance;
  }
  unsendable() {
    this.persist({ deposited: 1, callback: () => {} });
  }
  later() {
    this.persist({ late: 1 });
  }
  nested() {
    this.persist({ nested: 1 });
  }
  fromTimer() {
    this.after(0, () => this.persist({ deposited: 1 }));
  }
  large(length) {
    this.persist({ deposited: length, bytes: new Uint8Array(length).fill(7) });
    return this.#balance;
  }
  unsendableAnswer(length) {
    this.persist({ deposited: length, bytes: new Uint8Array(length) });
    return Object.assign([1], { hung: () => {} });
  }
  async *stream(...cents) {
    for (const each of cents) {
      this.persist({ deposited: each });
      yield this.#balance;
    }
  }
  balance() {
    return this.#balance;
  }
  seen() {
    return this.#seen;
  }
  apply(event) {
    if (event.bad) throw new Error("cannot be applied");
    if (event.late) return Promise.resolve();
    if (event.nested) this.persist({ deposited: 1 });
    this.#balance += event.deposited;
    this.#seen.push(event.tag ?? event.bytes?.length ?? event.deposited);
    return undefined;
  }
}

/** The same with snapshots. */
export class SavedAccount extends Account {
  #before = [];
  #applied = 0;
  apply(event) {
    this.#applied++;
    return super.apply(event);
  }
  /** How many events this incarnation has applied, and from which snapshots it and those before it came. */
  history() {
    return { applied: this.#applied, restored: this.#before };
  }
  snapshot() {
    return { balance: this.balance(), before: this.#before };
  }
  restore({ balance, before }) {
    super.apply({ deposited: balance });
    this.#before = [...before, balance];
  }
}

/** An answer is all that a throw is, unless something has happened. */
export class Replier extends Account {
  static onThrow = "reply";
  throwPlainly() {
    throw new Error("plainly");
  }
}

/** It cannot be rebuilt: what it has accepted once it does not accept again. */
export class Forgetful extends Account {
  apply(event) {
    if (this.self.incarnation > 1) throw new Error("what was that?");
    return super.apply(event);
  }
}
