import { Actor } from "holdfast";
import { tallyOf } from "./tally.mjs";

/** What a message does, by its number in a call. */
export const deeds = ["nothing", "wait", "throw", "exitOnce", "exitAlways", "throwLaterOnce"];

/**
 * Counts each run of a message, and does what it is told. Answers with its id. A first run that comes after a later one of
 * the same sender is told as an error of its own.
 */
class Base extends Actor {
  #tally;

  start() {
    this.#tally = tallyOf(this.props.file);
  }

  async run(id, sender, n, deed) {
    const before = this.#tally.began(id);
    if (before === 0 && this.props.ordered) {
      const last = this.#tally.last(sender, n);
      if (last > n) throw new RangeError(`reordered: ${n} after ${last}`);
    }
    if (deed === 0) return id;
    switch (deeds[deed]) {
      case "wait":
        await new Promise(setImmediate);
        break;
      case "throw":
        throw new Error("planned");
      case "exitOnce":
        if (before === 0) process.exit(3);
        break;
      case "exitAlways":
        await new Promise(setImmediate);
        process.exit(4);
        break;
      case "throwLaterOnce":
        if (before > 0) break;
        setImmediate(() => {
          throw new Error("planned, in nobody's handler");
        });
        await new Promise(() => {});
    }
    return id;
  }
}

export class One extends Base {
  static methods = { again: { idempotent: true } };
  once(...call) {
    return this.run(...call);
  }
  again(...call) {
    return this.run(...call);
  }
}

export class Four extends One {
  static concurrency = 4;
}

/** Its state is how many it has run and the sum of their ids: exactly what was answered. */
export class Keeper extends Base {
  #state = { count: 0, sum: 0 };
  async add(id, ...call) {
    await this.run(id, ...call);
    this.#state.count++;
    this.#state.sum += id;
    return id;
  }
  state() {
    return this.#state;
  }
  snapshot() {
    return { ...this.#state };
  }
  restore(state) {
    this.#state = state;
  }
}
