import { seededChance } from "../../../dist/clock.js";
import { Actor } from "../../../dist/index.js";

/**
 * Waits for something that is not this machine's processor, as for a device or a disk; now and then that takes very long. It does not
 * end sooner for who gives up: its member stays busy.
 * @extends {Actor<{ seed: number, usualMs: number, stallMs: number, stalls: number }>}
 */
export class Waits extends Actor {
  static methods = { work: { idempotent: true } };

  start() {
    const member = Number(this.self.path.split("/").at(-1));
    this.chance = seededChance(this.props.seed * 1000 + member);
  }

  work({ id }) {
    const { usualMs, stallMs, stalls } = this.props;
    const ms = this.chance() < stalls ? stallMs : usualMs;
    return new Promise((resolve) => setTimeout(resolve, ms, id));
  }
}
