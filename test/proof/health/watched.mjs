import { writeFileSync } from "node:fs";
import { Faulty } from "../../containment/faults.mjs";

/** What may hang has so long, ms. Longer than a second: from then on a handler is told to be busy. */
export const LIMIT_MS = 1500;
/** Each start after the first takes so long, ms: long enough to be seen from outside. */
const START_MS = 400;

const limit = `${LIMIT_MS}ms`;
const prototype = Faulty.prototype;

/** Commits the faults of the containment matrix, says when it began, and takes its time to come back. */
export class Watched extends Faulty {
  static methods = Object.fromEntries(
    ["endless-loop", "catastrophic-regex", "atomics-wait", "blocking-native-call"].map((name) => [name, { limit }]),
  );

  async start() {
    super.start();
    if (this.self.incarnation > 1) await new Promise((resolve) => setTimeout(resolve, START_MS));
  }
}

// Each fault notes the time right before it happens, on the clock that all processes share.
for (const name of Object.getOwnPropertyNames(prototype)) {
  if (["constructor", "start", "say"].includes(name)) continue;
  Watched.prototype[name] = function (file, ...args) {
    writeFileSync(file, String(process.hrtime.bigint()));
    return prototype[name].apply(this, args);
  };
}
