import { Actor } from "holdfast";

/** Every method's limit, ms, and what honest work takes of it at most. */
export const LIMIT_MS = 500;
const HONEST_MS = 0.8 * LIMIT_MS;

/** Works long and hard, and within its limit; or hangs, when it is told to. */
export class Honest extends Actor {
  static methods = {
    spin: { limit: LIMIT_MS },
    wait: { limit: LIMIT_MS },
    relay: { limit: LIMIT_MS },
    turn: { limit: LIMIT_MS },
    await: { limit: LIMIT_MS },
  };

  /** At 100 % of a core. @param {number} part 0 to 1, of what honest work may take */
  spin(part) {
    const until = performance.now() + part * HONEST_MS;
    while (performance.now() < until);
    return "spun";
  }
  /** With the event loop free. */
  wait(part) {
    return new Promise((resolve) => setTimeout(() => resolve("waited"), part * HONEST_MS));
  }
  /** By asking over and over an actor that runs in the very thread that watches. */
  async relay(part) {
    const until = performance.now() + part * HONEST_MS;
    while (performance.now() < until) {
      await this.props.echo.ask.say("again");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return "relayed";
  }
  /** Hangs: in JavaScript that turns for ever. */
  turn() {
    for (;;);
  }
  /** Hangs: awaits what never comes. */
  await() {
    return new Promise(() => {});
  }
}

export class Echo extends Actor {
  say(value) {
    return value;
  }
}
