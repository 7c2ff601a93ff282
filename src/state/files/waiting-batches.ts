import type { HoldfastError } from "../../errors.js";
import type { EncodedBatch } from "./batch-codec.js";

/** A batch that is not durable yet, and whoever waits for it. */
export interface Waiting {
  readonly encoded: EncodedBatch;
  resolve(): void;
  reject(error: HoldfastError): void;
}

/** Batches in the order they were appended in. */
export class WaitingBatches {
  #batches: Waiting[] = [];

  get size(): number {
    return this.#batches.length;
  }

  /** @returns settles when it is known whether the batch is durable */
  put(encoded: EncodedBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#batches.push({ encoded, resolve, reject });
    });
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
