import type { HoldfastError } from "../../errors.js";
import type { StoreSurroundings } from "../../system/durable/store.js";

/** Tells when something stops working, and when it works again: each once. */
export class Outage {
  readonly #around: StoreSurroundings;
  #failure: HoldfastError | undefined;
  #since = 0;

  constructor(around: StoreSurroundings) {
    this.#around = around;
  }

  get failure(): HoldfastError | undefined {
    return this.#failure;
  }

  failed(error: HoldfastError): void {
    const isNew = this.#failure === undefined;
    this.#failure = error;
    if (!isNew) return;
    this.#since = this.#around.clock.now();
    this.#around.tell({ kind: "store-failed", error });
  }

  worked(): void {
    if (!this.#failure) return;
    this.#failure = undefined;
    this.#around.tell({ kind: "store-recovered", afterMs: this.#around.clock.now() - this.#since });
  }
}
