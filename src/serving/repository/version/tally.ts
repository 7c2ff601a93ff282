import type { ModelDescription, ModelRequest } from "../../runtimes/model.js";
import type { CountedTime, ModelStatistics } from "../model-statistics.js";

/** Counts what a version does, over all its loads. */
export class Tally {
  readonly #name: string;
  readonly #version: string;
  #last = 0;
  #items = 0;
  #runs = 0;
  #success = zero;
  #fail = zero;

  constructor(name: string, version: string) {
    this.#name = name;
    this.#version = version;
  }

  /** @param at milliseconds since 1970 */
  answered(ms: number, items: number, at: number): void {
    this.#success = more(this.#success, ms);
    this.#items += items;
    this.#runs++;
    this.#last = at;
  }

  failed(ms: number, at: number): void {
    this.#fail = more(this.#fail, ms);
    this.#last = at;
  }

  told(): ModelStatistics {
    return {
      name: this.#name,
      version: this.#version,
      lastInference: Math.round(this.#last),
      inferenceCount: this.#items,
      executionCount: this.#runs,
      success: this.#success,
      fail: this.#fail,
      queue: zero,
      computeInput: zero,
      computeInfer: this.#success,
      computeOutput: zero,
      cacheHit: zero,
      cacheMiss: zero,
      batches: [],
    };
  }
}

const zero: CountedTime = { count: 0, ns: 0 };

function more({ count, ns }: CountedTime, ms: number): CountedTime {
  return { count: count + 1, ns: ns + Math.round(ms * 1e6) };
}

/** How many items a request carries: the first dimension of its first input, where the model leaves that one open. */
export function itemsOf({ inputs }: ModelRequest, description: ModelDescription): number {
  const [port] = description.inputs;
  if (!port || port.shape.length < 2 || typeof port.shape[0] === "number") return 1;
  const given = Object.hasOwn(inputs, port.name) ? inputs[port.name] : undefined;
  return Math.max(1, given?.shape[0] ?? 1);
}
