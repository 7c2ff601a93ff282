import { Actor } from "../../dist/index.js";

/** The smallest actor: one field, an answer, and an error that carries the moment of its throw. */
export class Small extends Actor {
  count = 0;

  answer(n) {
    this.count++;
    return n;
  }

  fail() {
    throw Object.assign(new Error("on purpose"), { at: Number(process.hrtime.bigint()) });
  }
}
