import type { Timer } from "../../clock.js";

/** Of an incarnation that is on its way out. */
export class WayOut {
  /** There when it goes by its own wish; fires when that takes too long. */
  readonly limit: Timer | undefined;
  /** Who told it to go, and waits. */
  readonly told: (() => void)[] = [];

  constructor(limit?: Timer) {
    this.limit = limit;
  }
}
