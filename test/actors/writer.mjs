import { writeSync } from "node:fs";
import { Actor } from "holdfast";

/** Writes lines, to its log and to the console. */
export class Writer extends Actor {
  static methods = { floods: { limit: "30s" }, stuck: { limit: "300ms" } };

  say(level, text, fields) {
    if (fields) this.log[level](fields, text);
    else this.log[level](text);
  }
  /** What no logger should have to read. */
  hostile() {
    const round = { name: "round", at: [1n, () => {}, Symbol("x"), undefined, Number.NaN] };
    round.self = round;
    const thrower = {
      get secret() {
        throw new Error("not to be read");
      },
      fine: 1,
    };
    this.log.info(round, "round");
    this.log.info(thrower, "thrower");
    this.log.info(JSON.parse('{ "__proto__": { "polluted": true }, "path": "mine" }'), "named");
    this.log.info({ pixels: new Float32Array(1_000_000) }, "large");
    this.log.info(
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no keys");
          },
        },
      ),
      "proxy",
    );
    this.log.error(Object.assign(new TypeError("broken"), { code: "E_BROKEN" }));
    this.log.info(
      {},
      {
        toString() {
          throw new Error("no text");
        },
      },
    );
    this.log.info("long ".repeat(10_000));
    this.log.info();
    return "survived";
  }
  print(stream, ...texts) {
    for (const text of texts) process[stream].write(text);
  }
  printBytes(bytes) {
    process.stdout.write(Uint8Array.from(bytes));
  }
  console(text) {
    console.log(text);
    console.error(text);
  }
  floods(times) {
    for (let i = 0; i < times; i++) this.log.info({ i }, "flood");
    return "done";
  }
  /** Writes, and never returns. */
  stuck(text) {
    this.log.warn(text);
    for (;;);
  }
  async later(text) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(text);
  }
  direct(text) {
    writeSync(1, text);
  }
}
