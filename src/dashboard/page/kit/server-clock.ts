/**
 * The server's time, told with each look at its counters; between two of them this browser's clock goes on. What the page shows is
 * dated by the server, and no two machines' clocks agree.
 */
export class ServerClock {
  readonly #wall: () => number;
  /** The server's time less this browser's; 0 until the server has told it. */
  #aheadMs = 0;

  /** @param wall milliseconds since 1970, by this browser */
  constructor(wall: () => number = Date.now) {
    this.#wall = wall;
  }

  /** The server has said what time it is. @param at milliseconds since 1970 */
  set(at: number): void {
    this.#aheadMs = at - this.#wall();
  }

  /** Milliseconds since 1970, by the server. */
  now(): number {
    return this.#wall() + this.#aheadMs;
  }
}
