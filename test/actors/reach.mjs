import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Actor, fork, ignore, inline, pool, thread } from "holdfast";

const here = import.meta.url;

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
    gate.tell.jot(`start ${this.self.incarnation}`);
    if (file) {
      const before = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
      gate.tell.jot(`${this.self.incarnation} ${before && alive(before) ? "beside another" : "alone"}`);
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

/** Two at once, so that one can crash while another still runs. */
export class Lingerer extends Actor {
  static concurrency = 4;

  start() {
    this.props.gate.tell.jot(`start ${this.self.incarnation}`);
  }
  who() {
    return this.self.incarnation;
  }
  /** Ends when the gate opens, whatever its signal says, and then tries everything that a handler can do. */
  async hold(name, other) {
    const { gate } = this.props;
    await new Promise((resolve) => {
      // Not an ask: those of an incarnation that is over are given up.
      const look = () => (released(name) ? resolve() : setTimeout(look, 5));
      gate.tell.jot(`holds ${name}`);
      look();
    });
    this.after(1, () => gate.tell.jot(`a timer after ${name}`));
    gate.tell.jot(`a tell after ${name}`);
    if (other) other.tell.keep(`told after ${name}`);
    await other?.ask.keep(`asked after ${name}`).catch(() => {});
    await this.spawn("late", thread(here, { gate }, { export: "Child" })).catch(() => {});
    void this.watch("app/gate").then(() => gate.tell.jot("watched after its end"));
    return `an answer after ${name}`;
  }
  fail() {
    throw new Error("as told");
  }
  /** Throws while an ask and a spawn that it has not come to await are under way. */
  failInHaste() {
    const { gate } = this.props;
    const passed = gate.ask.pass("nothing opens this");
    const child = this.spawn("child", thread(here, { gate }, { export: "Child" }));
    this.fail();
    return Promise.all([passed, child]);
  }
  /** Never ends. */
  forever() {
    return new Promise(() => {});
  }
  /** Its timer throws while its start() runs or a handler does. */
  armBomb(ms) {
    this.after(ms, () => {
      throw new Error("a timer of this actor");
    });
  }
}

/** Files are heard across threads and processes, and by an incarnation that is over. */
function released(file) {
  return existsSync(file);
}

/** Keeps what it is told. */
export class Keeper extends Actor {
  #kept = [];
  keep(value) {
    this.#kept.push(value);
  }
  kept() {
    return this.#kept;
  }
}

/** State with snapshots; one handler at a time, and a timer that may throw beside it. */
export class Counting extends Actor {
  #n = 0;
  /** Adds now and once more when the file is there. */
  async addTwice(file) {
    this.#n++;
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
    this.#n++;
    return this.#n;
  }
  add() {
    return ++this.#n;
  }
  armBomb(ms) {
    this.after(ms, () => {
      throw new Error("a timer of this actor");
    });
  }
  incarnation() {
    return this.self.incarnation;
  }
  snapshot() {
    return this.#n;
  }
  restore(n) {
    this.#n = n;
  }
}

/** Watches what it is told to, and tells the gate what it hears. */
export class Watcher extends Actor {
  static concurrency = 8;

  hear(target) {
    return this.watch(target);
  }
  listen(target) {
    void this.watch(target).then(({ path, incarnation, reason }) => {
      this.props.gate.tell.jot(`${this.self.incarnation} heard of ${path} ${incarnation}: ${reason}`);
    });
  }
  who() {
    return this.self.incarnation;
  }
  fail() {
    throw new Error("as told");
  }
}

/** Spawns what it is told to. Its children are Hands of cast.mjs, Parents too, and Sleepers, which take long to stop. */
export class Parent extends Actor {
  static concurrency = 16;
  #children = new Map();

  async start() {
    const { gate, early } = this.props;
    gate?.tell.jot(`start ${this.self.path} ${this.self.incarnation}`);
    if (early) this.#children.set("early", await this.spawn("early", this.#child("thread", "Child")));
    if (early === "fails") throw new Error("after it had spawned");
  }
  stop() {
    this.props.gate?.tell.jot(`stop ${this.self.path}`);
  }
  /** Inline, the class itself; else the module. */
  #child(level, name, props = {}, options = {}) {
    const all = { gate: this.props.gate, ...props };
    if (level === "inline") return inline({ Child, Parent }[name], all, options);
    return (level === "thread" ? thread : fork)(here, all, { export: name, ...options });
  }
  async open(level, name, { of = "Child", ...more } = {}, options = {}) {
    const child = await this.spawn(name, this.#child(level, of, more, options));
    this.#children.set(name, child);
    return child;
  }
  async openUnnamed(level) {
    return (await this.spawn(this.#child(level, "Child"))).path;
  }
  /** Opens one after the other; how many there were when it was refused, and why. */
  async openMany(level, most) {
    for (let i = 0; i < most; i++) {
      try {
        await this.open(level, `c${i}`);
      } catch (error) {
        return { opened: i, code: error.code, message: error.message };
      }
    }
    return { opened: most };
  }
  async openOddly() {
    return this.spawn("odd", pool(thread(here)));
  }
  async ask(name, method, ...args) {
    return await this.#children.get(name).ask[method](...args);
  }
  hear(name) {
    return this.watch(this.#children.get(name));
  }
  who() {
    return this.self.incarnation;
  }
  fail() {
    throw new Error("as told");
  }
  /** Opens a child that takes its time, and does not wait for it. */
  openAside(level) {
    void this.spawn("late", this.#child(level, "Child", { held: "door" })).catch(() => {});
  }
}

export class Child extends Actor {
  async start() {
    const { gate, held, fails } = this.props;
    if (fails) throw new Error(`cannot: ${fails}`);
    gate?.tell.jot(`start ${this.self.path} ${this.self.incarnation}`);
    if (held) await gate.ask.pass(held);
  }
  async stop() {
    const { gate, stopHeld } = this.props;
    gate?.tell.jot(`stop ${this.self.path}`);
    if (stopHeld) await gate.ask.pass(stopHeld);
  }
  say(value) {
    return value;
  }
  who() {
    return this.self;
  }
  fail() {
    throw new Error("the child fails");
  }
}
