import type { Clock, Timer } from "../clock.js";

/** The timers of one incarnation: they end with it, and an error in one, thrown or awaited, is told. */
export class LifeTimers {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #onFire: () => void;
  readonly #timers = new Set<Timer>();
  #over = false;

  constructor(clock: Clock, onError: (error: unknown) => void, onFire: () => void) {
    this.#clock = clock;
    this.#onError = onError;
    this.#onFire = onFire;
  }

  after(ms: number, callback: () => unknown): Timer {
    const inner = this.#clock.after(ms, () => {
      this.#timers.delete(timer);
      this.#onFire();
      void this.#run(callback);
    });
    const timer: Timer = {
      cancel: () => {
        inner.cancel();
        this.#timers.delete(timer);
      },
    };
    if (this.#over) inner.cancel();
    else this.#timers.add(timer);
    return timer;
  }

  /** Clears them all; one made later never fires. */
  end(): void {
    this.#over = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #run(callback: () => unknown): Promise<void> {
    try {
      await callback();
    } catch (error) {
      this.#onError(error);
    }
  }
}
