import type { Clock, Timer } from "../clock.js";

export interface CanaryParts {
  readonly clock: Clock;
  /** The request, with its own deadline. */
  readonly ask: () => Promise<unknown>;
  /** How many messages were answered so far, whoever sent them; undefined where nobody counts. */
  readonly answered: () => number | undefined;
  readonly everyMs: number;
}

/**
 * Asks for something every so often, where nobody else does, so that health knows of an actor that runs and does not answer:
 *
 *   look ─▶ answered since the last look? ──yes──▶ well, nothing is asked
 *             │ no
 *             ▼
 *           ask ─▶ answered, or refused by the handler ─▶ well        fails ─▶ not ready, until it or anybody is answered
 */
export class Canary {
  readonly #parts: CanaryParts;
  #timer: Timer | undefined;
  #asking = false;
  /** Answers when all was well last, and canaries that failed since: each may be answered late, and be counted then. */
  #seen: number | undefined;
  #owed = 0;
  #failure: string | undefined;
  #over = false;

  constructor(parts: CanaryParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#seen = this.#parts.answered();
    this.#arm();
  }

  /** Why it is not to be counted on; undefined while nothing says so. */
  get failure(): string | undefined {
    return this.#failure !== undefined && this.#othersAreAnswered ? undefined : this.#failure;
  }

  stop(): void {
    this.#over = true;
    this.#timer?.cancel();
  }

  get #othersAreAnswered(): boolean {
    const answered = this.#parts.answered();
    return answered !== undefined && answered > (this.#seen ?? 0) + this.#owed;
  }

  #arm(): void {
    this.#timer = this.#parts.clock.after(this.#parts.everyMs, () => this.#look(), { background: true });
  }

  #look(): void {
    this.#arm();
    if (this.#asking) return;
    if (this.#othersAreAnswered) {
      this.#isWell();
      return;
    }
    this.#asking = true;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    let failure: string | undefined;
    try {
      await this.#parts.ask();
    } catch (error) {
      const { name, message } = error as Error;
      // A handler that says no has answered.
      failure = name === "Refused" ? undefined : `${name}: ${message}`;
    }
    this.#asking = false;
    if (this.#over) return;
    if (failure === undefined) this.#isWell();
    else {
      this.#failure = failure;
      this.#owed++;
    }
  }

  #isWell(): void {
    this.#failure = undefined;
    this.#seen = this.#parts.answered();
    this.#owed = 0;
  }
}
