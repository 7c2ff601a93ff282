import { execSync } from "node:child_process";
import { Actor } from "holdfast";

/** Commits every fault that the containment matrix lists. One method a fault. */
export class Faulty extends Actor {
  start() {
    this.note("starts");
  }
  static methods = {
    "endless-loop": { limit: "1s" },
    "catastrophic-regex": { limit: "1s" },
    "atomics-wait": { limit: "1s" },
    "blocking-native-call": { limit: "1s" },
  };

  say(value) {
    return value;
  }
  throw() {
    throw new Error("thrown by the handler");
  }
  async rejection() {
    await null;
    throw new Error("rejected by the handler");
  }
  "string-throw"() {
    throw "only a string";
  }
  sigkill() {
    this.note("about to be killed");
    process.kill(process.pid, "SIGKILL");
    for (;;);
  }
  "process-exit"() {
    process.exit(3);
  }
  "heap-exhaustion"() {
    const kept = [];
    for (;;) kept.push(new Array(1_000_000).fill(1.5));
  }
  /** V8 cannot recover when one collection cannot grow: it ends the process, whatever thread asked. */
  "heap-one-growing-array"() {
    const kept = [];
    for (;;) kept.push(kept.length);
  }
  /** Off the heap: no heap limit counts it. Filled, so that the memory is really there. */
  "huge-array-buffers"() {
    const kept = [];
    for (let i = 0; i < 12; i++) kept.push(new Uint8Array(50 * 1024 * 1024).fill(1));
    return kept.length * 50;
  }
  "endless-loop"() {
    for (;;);
  }
  "catastrophic-regex"() {
    return /^(a+)+$/.test(`${"a".repeat(60)}!`);
  }
  "atomics-wait"() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  "blocking-native-call"() {
    execSync("sleep 4");
    return "back from native code";
  }
  "native-null-write"(addon) {
    process.dlopen({ exports: {} }, addon);
  }
  "uncloneable-result"() {
    return { callback: () => 1 };
  }
  "stack-overflow"() {
    const deeper = (n) => deeper(n + 1) + 1;
    return deeper(0);
  }
  async "unhandled-rejection"() {
    void Promise.reject(new Error("nobody listens"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    return "went on";
  }
  async "foreign-timer-error"() {
    setTimeout(() => {
      throw new Error("in a timer of somebody else");
    }, 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return "went on";
  }
}
