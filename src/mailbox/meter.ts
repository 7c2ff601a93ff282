/** Whether the times of messages are taken, and by which clock: one for all units of a system. */
export class Meter {
  /** Somebody wants them. */
  on = false;
  readonly now: () => number;
  #holders = 0;

  /** @param now monotonic ms */
  constructor(now: () => number) {
    this.now = now;
  }

  /** @returns how to let go: times are taken until the last of those who hold it has */
  hold(): () => void {
    let held = true;
    this.#holders++;
    this.on = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      this.on = this.#holders > 0;
    };
  }
}
