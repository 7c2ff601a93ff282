/** One start under way. It can be given up, once; who waits on its behalf is told. */
export class Attempt {
  /** Set by who waits. */
  onGiveUp: (() => void) | undefined;
  #givenUp = false;
  #abort: AbortController | undefined;

  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The same for who takes a signal; made when somebody asks, since most starts have nobody to tell. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#givenUp) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  giveUp(): void {
    this.#givenUp = true;
    this.#abort?.abort();
    this.onGiveUp?.();
  }
}
