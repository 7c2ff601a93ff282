import { execFileSync } from "node:child_process";
import { Actor } from "holdfast";

/** Blocks its host in ways that no handler can be blamed for. */
export class Blocking extends Actor {
  static methods = {
    wedge: { limit: "200ms" },
    say: { limit: "200ms" },
    stuck: { limit: "60s" },
    briefly: { limit: "1s" },
  };

  /** Answers, and blocks the event loop a moment later, outside every handler. */
  wedge() {
    setTimeout(() => {
      for (;;);
    }, 5);
    return "wedged";
  }
  say(value) {
    return value;
  }
  /** Hears nothing for so long. */
  block(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }
  #taken = [];
  take(name, _ballast) {
    this.#taken.push(name);
  }
  taken() {
    return this.#taken;
  }
  incarnation() {
    return this.self.incarnation;
  }
  pid() {
    return process.pid;
  }
  spin() {
    for (;;);
  }
  /** Sits in native code, where a thread cannot be ended. */
  stuck(seconds) {
    this.props.gate.tell.jot("in native code");
    // The note leaves before the thread stands still.
    return new Promise((resolve) => setTimeout(() => resolve(execFileSync("sleep", [String(seconds)]).length), 20));
  }
  /** An error in nobody's handler, once the gate opens, while this one and others execute. */
  async uncaughtAt(name) {
    await this.props.gate.ask.pass(name);
    setImmediate(() => {
      throw new Error("in nobody's handler");
    });
    await new Promise(() => {});
  }
  async briefly(name) {
    return this.hold(name);
  }
  async hold(name) {
    await this.props.gate.ask.pass(name);
    return name;
  }
}
