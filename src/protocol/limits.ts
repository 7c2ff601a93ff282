import { HoldfastError } from "../errors.js";

/** What one frame may cost before anything is built from it. */
export interface FrameLimits {
  /** Levels of arrays and maps, the frame itself being the first. */
  readonly maxDepth: number;
  /** Scalars, elements, keys and containers. Sixteen million empty arrays fit 16 MiB and would cost a gigabyte of heap. */
  readonly maxItems: number;
}

export const frameLimits: FrameLimits = { maxDepth: 32, maxItems: 1_000_000 };

export function badFrame(message: string, details: Record<string, unknown> = {}): HoldfastError {
  return new HoldfastError("BadFrame", message, { details });
}

/** Counts what a scanner meets; one per frame. */
export class FrameBudget {
  readonly #limits: FrameLimits;
  #items = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  spend(items: number): void {
    this.#items += items;
    if (this.#items > this.#limits.maxItems) {
      throw badFrame(`the frame holds more than ${this.#limits.maxItems} values: send numbers as a tensor`);
    }
  }

  enter(depth: number): void {
    if (depth > this.#limits.maxDepth) {
      throw badFrame(`the frame is nested deeper than ${this.#limits.maxDepth} levels: flatten it`);
    }
  }
}
