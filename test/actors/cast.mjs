import { Actor, refuse } from "holdfast";

/*
 * The small cast of the behaviour suite. The same classes run inline, in threads and in processes; what they do is
 * told to, or held at, the Gate, an inline actor in the test's own process.
 */

/** A class that loses its identity in structured clone, so that tests see whether it came back as an error. */
class OutOfPaper extends Error {
  name = "OutOfPaper";
  code = "E_PAPER";
}

/** Does what it is told, and notes what it did at the gate. */
export class Hand extends Actor {
  static methods = {
    again: { idempotent: true },
    hang: { limit: "150ms" },
    patient: { limit: "20s" },
    hangShown: { limit: "150ms", reveal: true },
    poison: { idempotent: true },
    hangAgain: { idempotent: true, limit: "150ms" },
    countThenStick: { limit: "150ms" },
    stickAtTheEnd: { limit: "150ms" },
  };

  /** @type {unknown} */
  #kept;

  start() {
    this.props?.gate?.tell.jot(`start ${this.self.incarnation}`);
  }
  stop() {
    this.props?.gate?.tell.jot("stop");
  }
  say(value) {
    return value;
  }
  who() {
    return { path: this.self.path, key: this.self.key, incarnation: this.self.incarnation };
  }
  keep(value) {
    this.#kept = value;
    return value;
  }
  kept() {
    return this.#kept;
  }
  jot(text) {
    this.props.gate.tell.jot(text);
  }
  /** Ends well, and its process ends before so long an answer is out. */
  answerInVain() {
    setImmediate(() => process.kill(process.pid, "SIGKILL"));
    return "x".repeat(8_000_000);
  }
  /** Notes that it began, and ends when the gate opens. */
  async hold(name) {
    await this.props.gate.ask.pass(name);
    return name;
  }
  async again(name) {
    await this.props.gate.ask.pass(name);
    return this.self.incarnation;
  }
  async patient(name) {
    await this.props.gate.ask.pass(name);
    return name;
  }
  async holdThenThrow(name) {
    await this.props.gate.ask.pass(name);
    throw new Error(`threw after ${name}`);
  }
  /** Ends when its caller gives up; the gate hears why. */
  async untilAborted(name) {
    const { signal } = this;
    this.props.gate.tell.jot(`began ${name}`);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    this.props.gate.tell.jot(`aborted ${name}`);
    return "late";
  }
  /** Of several members the first passes the gate; the others end when they are given up. */
  race(name) {
    return this.self.path.endsWith("/1") ? this.hold(name) : this.untilAborted(name);
  }
  fail(text) {
    throw new TypeError(text);
  }
  failOddly() {
    throw new OutOfPaper("tray 2 is empty");
  }
  failWithText(text) {
    throw text;
  }
  async failLater(text) {
    await new Promise((resolve) => setImmediate(resolve));
    throw new RangeError(text);
  }
  refuse(reason) {
    throw refuse(reason, `no: ${reason}`, { limit: 3 });
  }
  exit(code) {
    process.exit(code);
  }
  async leave() {
    this.stopSelf();
    await new Promise((resolve) => setImmediate(resolve));
    return "bye";
  }
  poison() {
    process.exit(9);
  }
  hang() {
    for (;;);
  }
  /** An error that no handler throws, while this one executes. */
  async uncaught() {
    setTimeout(() => {
      throw new Error("in nobody's handler");
    }, 1);
    await new Promise(() => {});
  }
  spin() {
    for (;;);
  }
  /** Loops when the gate is open: it has begun when somebody is at the gate. */
  async holdThenSpin(name) {
    await this.props.gate.ask.pass(name);
    for (;;);
  }
  hangShown(_secret) {
    for (;;);
  }
  hangAgain() {
    for (;;);
  }
  /** Not declared, so the limit is the default. */
  unsendable() {
    return { inner: [() => 1] };
  }
  armTimer(ms, text) {
    this.after(ms, () => this.props.gate.tell.jot(text));
  }
  armBomb(ms) {
    this.after(ms, () => {
      throw new Error("a timer of this actor");
    });
  }
  /** Throws, and leaves work behind that goes on after it. */
  failAndLinger(other) {
    setTimeout(() => {
      other.ask.keep("from the grave").catch(() => {});
      other.tell.keep("from the grave");
    }, 10);
    throw new Error("failed, and lingers");
  }
  /** Throws, and leaves an error behind that comes when the next one is there. */
  failAndThrowLater(how) {
    const late = () => new Error("from the grave");
    if (how === "timer") {
      setTimeout(() => {
        throw late();
      }, 20);
    } else if (how === "promise") setTimeout(() => Promise.reject(late()), 20);
    else {
      void (async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw late();
      })();
    }
    throw new Error("failed, and throws once more");
  }
  *countAtOnce(to) {
    for (let i = 1; i <= to; i++) yield i;
  }
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i;
  }
  /** Yields, and tells the gate how far it came and that it was closed. */
  async *report(to, name) {
    let i = 0;
    try {
      for (i = 1; i <= to; i++) yield i;
    } finally {
      this.props.gate.tell.jot(`${name} ended at ${i}`);
    }
  }
  /** Yields n values, then waits at the gate. */
  async *countThenHold(n, name) {
    for (let i = 1; i <= n; i++) yield i;
    await this.props.gate.ask.pass(name);
    yield "after";
  }
  /** Yields n values, and never goes on. */
  async *countThenStick(n) {
    for (let i = 1; i <= n; i++) yield i;
    await new Promise(() => {});
  }
  /** Yields, and does not end when it is closed. */
  async *stickAtTheEnd(to) {
    try {
      for (let i = 1; i <= to; i++) yield i;
    } finally {
      await new Promise(() => {});
    }
  }
  async *countThenThrow(n) {
    for (let i = 1; i <= n; i++) yield i;
    throw new Error("in the middle");
  }
  async askOther(other, method, ...args) {
    return await other.ask[method](...args);
  }
  async passOn(other, method, ...args) {
    return await other.with({ signal: this.signal }).ask[method](...args);
  }
  tellOther(other, method, ...args) {
    return other.tell[method](...args);
  }
  async askPeer(method, ...args) {
    return await this.props.peer.ask[method](...args);
  }
  async codeOfOther(other, method, ...args) {
    try {
      await other.ask[method](...args);
      return "fine";
    } catch (error) {
      return error.code ?? error.name;
    }
  }
  __secret() {
    return "never";
  }
}

/** Answers what a handler throws instead of crashing. */
export class Replying extends Hand {
  static onThrow = "reply";
}

/** Four at once. */
export class Broad extends Actor {
  static concurrency = 4;
  static methods = { spinUntilGivenUp: { limit: "20s" } };
  async hold(name) {
    await this.props.gate.ask.pass(name);
    return name;
  }
  /** Ends when its own caller gives up, whoever else runs; the gate hears of it. */
  async untilGivenUp(name) {
    const { call } = this;
    await this.props.gate.ask.pass(name);
    if (!call.signal.aborted) await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
    this.props.gate.tell.jot(`${name} was given up: ${call.signal.reason.code} ${call.cancelled()}`);
    return name;
  }
  async *partsUntilGivenUp(name) {
    const { call } = this;
    yield name;
    await this.props.gate.ask.pass(name);
    this.props.gate.tell.jot(`${name} was given up: ${call.signal.reason?.code} ${call.cancelled()}`);
  }
  /** A loop that never awaits. */
  spinUntilGivenUp() {
    const { call } = this;
    for (let turns = 1; ; turns++) if (call.cancelled()) return turns;
  }
  async askTooLate(name) {
    await this.props.gate.ask.pass(name);
    try {
      return typeof this.call;
    } catch (error) {
      return error.message;
    }
  }
  async timeLeft(name) {
    const { call } = this;
    const atFirst = call.remaining();
    await this.props.gate.ask.pass(name);
    if (atFirst === Infinity) this.props.gate.tell.jot(`${name} has ${call.remaining()} left`);
    return [atFirst, call.remaining()];
  }
  async isCancelled(name) {
    const { call } = this;
    await this.props.gate.ask.pass(name);
    return call.signal.aborted || call.cancelled();
  }
}

/** The same, one at a time. */
export class Narrow extends Broad {
  static concurrency = 1;
}

/** A cell has room for five of these; one whose key begins with "bad" cannot start. */
export class Wide extends Actor {
  static concurrency = 200;
  start() {
    if (this.self.key?.startsWith("bad")) throw new Error("a bad key");
  }
  say(value) {
    return value;
  }
}

/** State with snapshots: its messages are replayed. */
export class Ledger extends Actor {
  #entries = [];
  add(entry) {
    this.#entries.push(entry);
    this.props?.gate?.tell.jot(`add ${entry}`);
    return this.#entries.length;
  }
  async addHeld(entry) {
    await this.props.gate.ask.pass(entry);
    this.#entries.push(entry);
    return this.#entries.length;
  }
  addThenThrow(entry) {
    this.#entries.push(entry);
    throw new Error(`threw after adding ${entry}`);
  }
  all() {
    return this.#entries;
  }
  snapshot() {
    this.props?.gate?.tell.jot(`snapshot of ${this.#entries.length}`);
    return [...this.#entries];
  }
  restore(entries) {
    this.#entries = entries;
    this.props?.gate?.tell.jot(`restore of ${entries.length}`);
  }
}

/** Its stop() never ends. */
export class StuckLedger extends Ledger {
  async stop() {
    await new Promise(() => {});
  }
}

/** Its load() ends as its props say, its start() and stop() as the gate does. */
export class SlowStarter extends Actor {
  static async load({ gate, loading }) {
    if (loading === "never") await new Promise(() => {});
    if (loading === "asks") await gate.ask.pass("load");
    return { loaded: true };
  }
  async start() {
    const { gate, name, fails } = this.props;
    gate?.tell.jot(`starting ${name}`);
    if (this.props.held) await gate.ask.pass(this.props.held);
    const failing = fails ? await gate.ask.take(fails) : false;
    if (failing) throw new Error(`${name} cannot start`);
    gate?.tell.jot(`started ${name}`);
  }
  async stop() {
    this.props.gate?.tell.jot(`stopped ${this.props.name}`);
    if (this.props.stopHeld) await this.props.gate.ask.pass(this.props.stopHeld);
  }
  fail() {
    throw new Error("as told");
  }
  armBomb(ms) {
    this.after(ms, () => {
      throw new Error("a timer of this actor");
    });
  }
  say(value) {
    return value;
  }
  loaded() {
    return this.shared.loaded;
  }
}
