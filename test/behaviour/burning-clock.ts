import { VirtualClock } from "holdfast/testing";

/** Time that handlers move on as they run: what takes long takes no time of the test. */
export class BurningClock extends VirtualClock {
  #burnt = 0;

  /** As a handler that computes for so many milliseconds does. */
  burn(ms: number): void {
    this.#burnt += ms;
  }

  override now(): number {
    return super.now() + this.#burnt;
  }
}
