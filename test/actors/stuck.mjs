import { execFileSync } from "node:child_process";
import { Actor } from "holdfast";

/** Hangs in each of the ways there are. */
export class Stuck extends Actor {
  static concurrency = 2;
  static methods = {
    turn: { limit: "400ms" },
    await: { limit: "400ms" },
    sleep: { limit: "400ms" },
    promise: { limit: "400ms" },
  };

  turn() {
    for (;;);
  }
  await() {
    return new Promise(() => {});
  }
  /** In a call that blocks its thread, marked as such. */
  sleep(seconds) {
    return this.native(() => execFileSync("sleep", [String(seconds)]).length);
  }
  /** Native code that is to come back by a promise, and never does. */
  promise() {
    return this.native(() => new Promise(() => {}));
  }
  say(value) {
    return value;
  }
  incarnation() {
    return this.self.incarnation;
  }
}
