import { noTimer, type Timer } from "../../clock.js";
import type { HoldfastError } from "../../errors.js";
import type { StoreSurroundings } from "../../system/durable/store.js";
import { Outage } from "./outage.js";
import { retryAfter } from "./rules.js";

/**
 * A store that failed, until it takes changes again.
 *
 *   working ── failed ─▸ failing ── after 100 ms, 200 ms … 10 s: try ─▸ working         told once at each end; the pauses begin
 *                          ▴                               └─ fails ─┐                  anew when something was stored
 *                          └─────────────────────────────────────────┘
 */
export class Retry {
  readonly #around: StoreSurroundings;
  readonly #again: () => Promise<void>;
  readonly #outage: Outage;
  #attempt = 0;
  #timer: Timer = noTimer;
  #trying: Promise<void> | undefined;
  #stopped = false;

  /** @param again makes the store take changes, or throws */
  constructor(around: StoreSurroundings, again: () => Promise<void>) {
    this.#around = around;
    this.#outage = new Outage(around);
    this.#again = again;
  }

  get failure(): HoldfastError | undefined {
    return this.#outage.failure;
  }

  failed(error: HoldfastError): void {
    this.#outage.failed(error);
    this.#later();
  }

  /** Something was stored. */
  worked(): void {
    this.#attempt = 0;
  }

  /** No try begins any more; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer.cancel();
    await this.#trying;
  }

  #later(): void {
    if (this.#stopped) return;
    const again = () => {
      this.#trying = this.#try();
    };
    this.#timer = this.#around.clock.after(retryAfter(++this.#attempt), again, { background: true });
  }

  async #try(): Promise<void> {
    try {
      await this.#again();
    } catch {
      // What the first failure said still holds.
      this.#later();
      return;
    }
    this.#outage.worked();
  }
}
