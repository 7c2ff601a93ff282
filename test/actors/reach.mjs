import { writeFileSync } from "node:fs";
import { Actor, ignore } from "holdfast";

/*
 * The cast for what an actor can do beyond answering: stay away, take its time to leave, spawn and watch. As in
 * cast.mjs, the same classes run inline, in threads and in processes.
 */

/** Has something to do as often as the gate holds what its props name. */
export class Idler extends Actor {
  static load({ unloads }) {
    return unloads;
  }
  static unload(file) {
    if (file) writeFileSync(file, "done");
  }
  async start() {
    const { gate, works } = this.props;
    if (works && !(await gate.ask.take(works))) return ignore;
    return undefined;
  }
  say(value) {
    return value;
  }
  fail() {
    throw new Error("as told");
  }
}
