import { Actor, refuse } from "holdfast";

/** Does as it is told: answers after a while, refuses, throws, or ends its thread or process. */
export class Chaos extends Actor {
  /** @param {"answer" | "refuse" | "throw" | "exit"} how @param {number} ms */
  async work(how, ms) {
    if (how === "refuse") throw refuse("unwilling", "it would rather not");
    if (how === "throw") throw new RangeError("a wheel came off");
    if (how === "exit") process.exit(3);
    await new Promise((resolve) => setTimeout(resolve, ms));
    return how;
  }
}
