import { Actor } from "holdfast";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Does what its flight recorder and its record shall tell of. */
export class Recorded extends Actor {
  static methods = { spin: { limit: "20s" }, inNative: { limit: "400ms" } };

  start() {
    this.note("starts");
    if (this.props?.fails === this.self.incarnation) throw new Error("this start fails");
  }
  say(value) {
    return value;
  }
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i;
  }
  refuse() {
    return () => "nothing that can be sent";
  }
  throw() {
    this.note("about to throw");
    throw new Error("thrown by the handler");
  }
  die() {
    this.note("about to die");
    process.kill(process.pid, "SIGKILL");
    for (;;);
  }
  exit() {
    this.note("about to exit");
    process.exit(3);
  }
  /** Its own timer throws while it still executes. */
  bomb() {
    this.after(1, () => {
      throw new Error("in a timer of its own");
    });
    return new Promise(() => {});
  }
  later() {
    return new Promise((resolve) => {
      this.after(1, () => {
        this.note("the timer fired");
        resolve();
      });
    });
  }
  /** A loop that never awaits: only shared memory reaches it. */
  spin() {
    for (let turns = 1; ; turns++) if (this.cancelled()) return turns;
  }
  async hold() {
    while (!this.cancelled()) await pause(2);
    return "let go";
  }
  async inNative(ms) {
    return this.native(() => pause(ms).then(() => "out of it"));
  }
}
