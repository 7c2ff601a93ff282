import { oneLine } from "./terminal-text.js";

/** Says that the connection went, and that it is back: not among the output, which programs may read. */
export class Ties {
  readonly #tell: (text: string) => void;
  #lost = false;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  lost(reason: string): void {
    if (!this.#lost) this.#tell(`connection lost, retrying: ${oneLine(reason)}\n`);
    this.#lost = true;
  }

  back(): void {
    if (this.#lost) this.#tell("connected again\n");
    this.#lost = false;
  }
}
