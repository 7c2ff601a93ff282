import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";

/** For so long a text is given again, ms: a second scraper, or one that asks again and again, costs nothing. */
export const FRESH_MS = 100;

/** How long numbers may take that somebody else adds, ms: Prometheus waits ten seconds where nobody says otherwise. */
const PATIENCE_MS = 9000;

/**
 * Makes one text at a time, however many ask for it:
 *
 *   ask ─▶ one is being made ──▶ that one, when it is done
 *      └─▶ one is fresh (100 ms) ──▶ that one        else ─▶ make it
 *
 * One that fails, or takes more than 9 s, is told to those who wait and kept by nobody: the next one begins anew.
 */
export class Scrape {
  readonly #clock: Clock;
  readonly #make: () => Promise<string>;
  #making: Promise<string> | undefined;
  #made: { readonly text: string; readonly at: number } | undefined;

  constructor(clock: Clock, make: () => Promise<string>) {
    this.#clock = clock;
    this.#make = make;
  }

  /** @throws HoldfastError (rejects) Timeout; what making it throws */
  text(): Promise<string> {
    if (this.#making) return this.#making;
    const made = this.#made;
    if (made && this.#clock.now() - made.at < FRESH_MS) return Promise.resolve(made.text);
    this.#making = this.#anew().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  #inTime(): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = () => {
        const message = `a metric has not answered for ${PATIENCE_MS / 1000} s`;
        reject(new HoldfastError("Timeout", message, { retryable: true }));
      };
      const timer = this.#clock.after(PATIENCE_MS, late, { background: true });
      this.#make()
        .finally(() => timer.cancel())
        .then(resolve, reject);
    });
  }

  async #anew(): Promise<string> {
    const at = this.#clock.now();
    const text = await this.#inTime();
    this.#made = { text, at };
    return text;
  }
}
