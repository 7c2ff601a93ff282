import type { Clock, Timer } from "../clock.js";

interface Held {
  readonly due: number;
  readonly callback: () => unknown;
  /** There once it was armed. */
  armed: Timer | undefined;
}

/** Timers of what stands by: they wait for its promotion, and then fire when they are due, or at once where they would have. */
export class HeldTimers {
  readonly #held = new Set<Held>();

  hold(clock: Clock, ms: number, callback: () => unknown): Timer {
    const held: Held = { due: clock.now() + ms, callback, armed: undefined };
    this.#held.add(held);
    return {
      cancel: () => {
        this.#held.delete(held);
        held.armed?.cancel();
      },
    };
  }

  /** @param arm makes the timer that it is from here on */
  release(clock: Clock, arm: (ms: number, callback: () => unknown) => Timer): void {
    const now = clock.now();
    for (const held of this.#held) held.armed = arm(Math.max(0, held.due - now), held.callback);
    this.#held.clear();
  }

  clear(): void {
    this.#held.clear();
  }
}
