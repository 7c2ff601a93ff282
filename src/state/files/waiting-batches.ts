import type { HoldfastError } from "../../errors.js";
import type { EncodedBatch } from "./batch-codec.js";

/** A batch that is not durable yet, and whoever waits for it. */
export interface Waiting {
  readonly encoded: EncodedBatch;
  /** Whoever appended it has said that more will follow soon. */
  readonly more: boolean;
  resolve(): void;
  reject(error: HoldfastError): void;
}

/** So many go, whatever is said to follow. */
const MOST_PATIENT = 32;

/** Batches in the order they were appended in. */
export class WaitingBatches {
  #batches: Waiting[] = [];

  get size(): number {
    return this.#batches.length;
  }

  /** @returns settles when it is known whether the batch is durable */
  put(encoded: EncodedBatch, more: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#batches.push({ encoded, more, resolve, reject });
    });
  }

  /** More of them will come soon, and all that wait can wait for those. */
  get patient(): boolean {
    return this.size < MOST_PATIENT && this.#batches.every(({ more }) => more);
  }

  /** The first ones, as many as `count` says of the sizes of all. They stay until they are dropped. */
  first(count: (sizes: readonly number[]) => number): readonly Waiting[] {
    const sizes = this.#batches.map(({ encoded }) => encoded.payload.length);
    return this.#batches.slice(0, count(sizes));
  }

  drop(count: number): readonly Waiting[] {
    return this.#batches.splice(0, count);
  }
}
