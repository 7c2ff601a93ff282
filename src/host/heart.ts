import type { Clock, Timer } from "../clock.js";
import type { HostMemory } from "./control-reader.js";
import type { ControlWriter } from "./control-writer.js";

/** How often a host with work in it writes its beat: a health check asks for 100 ms, and one costs some 0.2 us. */
const BEAT_EVERY_MS = 100;

/**
 * The beat of a host: its event loop turns, and holds so much memory. Only while there is work: an idle host has no timer.
 *
 *   work ─▶ timer ─▶ beat ─▶ timer … until a whole interval had no work, and nothing executes
 */
export class Heart {
  readonly #clock: Clock;
  readonly #control: ControlWriter;
  readonly #memory: () => HostMemory;
  readonly #busy: () => boolean;
  #timer: Timer | undefined;
  #worked = false;

  /** @param busy something executes */
  constructor(clock: Clock, control: ControlWriter, memory: () => HostMemory, busy: () => boolean) {
    this.#clock = clock;
    this.#control = control;
    this.#memory = memory;
    this.#busy = busy;
  }

  /** Something comes to be done. */
  work(): void {
    this.#worked = true;
    if (!this.#timer) this.#later();
  }

  beat(): void {
    const { heap, external, resident } = this.#memory();
    this.#control.beat(this.#clock.now(), heap, external, resident);
  }

  #later(): void {
    this.#timer = this.#clock.after(
      BEAT_EVERY_MS,
      () => {
        this.#timer = undefined;
        this.beat();
        if (!this.#worked && !this.#busy()) return;
        this.#worked = false;
        this.#later();
      },
      { background: true },
    );
  }
}
