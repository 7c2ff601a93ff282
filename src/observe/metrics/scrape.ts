import type { Clock } from "../../clock.js";

/** For so long a text is given again, ms: a second scraper, or one that asks again and again, costs nothing. */
export const FRESH_MS = 100;

/**
 * Makes one text at a time, however many ask for it:
 *
 *   ask ─▶ one is being made ──▶ that one, when it is done
 *      └─▶ one is fresh (100 ms) ──▶ that one        else ─▶ make it; one that fails is told to those who wait, and kept by nobody
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

  text(): Promise<string> {
    if (this.#making) return this.#making;
    const made = this.#made;
    if (made && this.#clock.now() - made.at < FRESH_MS) return Promise.resolve(made.text);
    this.#making = this.#anew().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #anew(): Promise<string> {
    const at = this.#clock.now();
    const text = await this.#make();
    this.#made = { text, at };
    return text;
  }
}
