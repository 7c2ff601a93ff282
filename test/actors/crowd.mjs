import { Actor } from "holdfast";

let running = 0;

/** Several at once. It notes at the gate how many run beside each, and ends its host in ways that name nobody. */
export class Crowd extends Actor {
  static concurrency = 4;
  static methods = {
    hold: { idempotent: true },
    bomb: { idempotent: true },
    throwLater: { idempotent: true },
    through: { idempotent: true },
    short: { idempotent: true, limit: "400ms" },
    loop: { idempotent: true, limit: "500ms" },
  };

  async #beside(name) {
    running++;
    this.props.gate.tell.jot(`${name} beside ${running - 1}`);
    try {
      await this.props.gate.ask.pass(name);
    } finally {
      running--;
    }
  }
  async hold(name) {
    await this.#beside(name);
    return name;
  }
  /** The same, not declared to be safe to run twice. */
  async holdOnce(name) {
    await this.#beside(name);
    return name;
  }
  async bomb(name) {
    await this.#beside(name);
    process.exit(5);
  }
  /** An error in nobody's handler, that this one has set going and waits for. */
  async throwLater(name) {
    await this.#beside(name);
    setTimeout(() => {
      throw new Error(`set going by ${name}`);
    }, 1);
    await new Promise(() => {});
  }
  /** Answers, and leaves a timer that throws when the gate opens. */
  leaveBomb(name) {
    void this.props.gate.ask.pass(name).then(() => {
      setTimeout(() => {
        throw new Error(`left by ${name}`);
      }, 1);
    });
    return "left";
  }
  /** The same with a timer of its own. */
  leaveTimer(name) {
    void this.props.gate.ask.pass(name).then(() => {
      this.after(1, () => {
        throw new Error(`left by ${name}`);
      });
    });
    return "left";
  }
  /** Has the shortest limit. */
  async short(name) {
    await this.#beside(name);
    return name;
  }
  async loop(name) {
    await this.#beside(name);
    for (;;);
  }
  async through(other, name) {
    await this.#beside(name);
    return await other.ask.hold(`${name} through`);
  }
  say(value) {
    return value;
  }
}
/** One after the other. */
export class Queue extends Crowd {
  static concurrency = 1;
}
