import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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

/** Holds what only one may hold. Where the gate holds "start blocks", its start() sits in native code. */
export class Device extends Actor {
  static methods = { block: { limit: "200ms" }, spin: { limit: "200ms" } };

  async start() {
    const { gate, file } = this.props;
    gate.tell.note(`start ${this.self.incarnation}`);
    if (file) {
      const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
      gate.tell.note(`${this.self.incarnation} ${before && alive(before) ? "beside another" : "alone"}`);
      writeFileSync(file, String(process.pid));
    }
    if (await gate.ask.take("start blocks")) execFileSync("sleep", ["2"]);
  }
  say(value) {
    return value;
  }
  /** No thread can be ended in there. */
  block(seconds) {
    execFileSync("sleep", [String(seconds)]);
  }
  spin() {
    for (;;);
  }
}

function alive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
