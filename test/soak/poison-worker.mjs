import { Actor } from "holdfast";

/** The ways in which a poison message ends its host. */
export const ways = ["exit", "timer", "loop", "abort"];

/** Squares a number; some numbers are poison. */
export class Squares extends Actor {
  static methods = { square: { idempotent: true, limit: "300ms" } };

  async square(id, way) {
    switch (way) {
      case "exit":
        process.exit(7);
        break;
      case "timer":
        setTimeout(() => {
          throw new Error("poison, in a foreign timer");
        }, 1);
        await new Promise(() => {});
        break;
      case "loop":
        for (;;);
      case "abort":
        // What abort() in native code does, without its page of text.
        process.kill(process.pid, "SIGABRT");
        await new Promise(() => {});
    }
    return id * id;
  }
}

/** Some at once. */
export class ManySquares extends Squares {
  static concurrency = 4;
  async square(id, way) {
    // The others are under way when it strikes.
    await new Promise(setImmediate);
    return await super.square(id, way);
  }
}
