import { Actor } from "holdfast";

/** Keeps a sum; says where it is and what it went through. */
export class Ledger extends Actor {
  static methods = { quick: { limit: "1s" } };
  #sum = 0;
  #restored = 0;
  #started = 0;
  #timers = 0;

  restore({ sum }) {
    // A restore that adds is right on a new object, and on no other.
    this.#sum += sum;
    this.#restored++;
    this.after(1, () => this.#timers++);
  }

  snapshot() {
    return { sum: this.#sum };
  }

  start() {
    this.#started++;
    this.props?.gate?.tell.jot(`start ${this.self.incarnation} sum ${this.#sum}`);
  }

  add(n) {
    this.#sum += n;
    return this.#sum;
  }

  quick(n) {
    return this.add(n);
  }

  read() {
    return this.#sum;
  }

  async addSlowly(n) {
    this.#sum += n;
    await this.props.gate.ask.pass(`add ${n}`);
    return this.#sum;
  }

  life() {
    const { incarnation, standby = false } = this.self;
    const [restored, started, timers] = [this.#restored, this.#started, this.#timers];
    return { incarnation, standby, restored, started, timers, pid: process.pid };
  }

  throws() {
    throw new Error("as asked");
  }
}

/** Has no state: a model service. */
export class Service extends Actor {
  static methods = { times: { idempotent: true } };
  #began = this.self;

  static load() {
    return { factor: 3 };
  }

  start() {
    if (this.props?.fails && this.self.standby) throw new Error("no standby here");
  }

  times(n) {
    return n * this.shared.factor;
  }

  life() {
    return { began: this.#began, now: this.self, pid: process.pid };
  }
}
