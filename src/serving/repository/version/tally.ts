import type { ModelDescription, ModelRequest, RunTimes } from "../../runtimes/model.js";
import type { CountedTime, ModelStatistics } from "../model-statistics.js";

/** Sizes of batches that are told apart; further ones count in the totals alone. */
const SIZES = 128;
/** Runs remembered: their other answers are on their way back, or never come. */
const RUNS = 1024;

/** A request that was answered. */
export interface Answered {
  /** From when it came until it was answered. */
  readonly ms: number;
  readonly items: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As its member says; undefined where it says nothing: then all of it was running. */
  readonly times: RunTimes | undefined;
}

interface Batch {
  computeInput: CountedTime;
  computeInfer: CountedTime;
  computeOutput: CountedTime;
}

/** Counts what a version does, over all its loads. */
export class Tally {
  readonly #name: string;
  readonly #version: string;
  readonly #batches = new Map<number, Batch>();
  /** Runs whose first answer has come. */
  readonly #seen = new Set<string>();
  #last = 0;
  #items = 0;
  #runs = 0;
  #success = zero;
  #fail = zero;
  #queue = zero;
  #computeInput = zero;
  #computeInfer = zero;
  #computeOutput = zero;

  constructor(name: string, version: string) {
    this.#name = name;
    this.#version = version;
  }

  answered({ ms, items, at, times = { inputMs: 0, inferMs: ms, outputMs: 0 } }: Answered): void {
    const { inputMs, inferMs, outputMs, batch } = times;
    this.#success = more(this.#success, ms);
    this.#queue = more(this.#queue, Math.max(0, ms - inputMs - inferMs - outputMs));
    this.#computeInput = more(this.#computeInput, inputMs);
    this.#computeInfer = more(this.#computeInfer, inferMs);
    this.#computeOutput = more(this.#computeOutput, outputMs);
    this.#items += items;
    this.#last = at;
    if (!batch || this.#isNew(batch.id)) this.#ran(batch?.size ?? items, times);
  }

  failed(ms: number, at: number): void {
    this.#fail = more(this.#fail, ms);
    this.#last = at;
  }

  /** @param path where the version is in the tree, if it is loaded */
  told(path?: string): ModelStatistics {
    const batches = [...this.#batches].sort(([a], [b]) => a - b).map(([size, batch]) => ({ size, ...batch }));
    return {
      name: this.#name,
      version: this.#version,
      ...(path === undefined ? {} : { path }),
      lastInference: Math.round(this.#last),
      inferenceCount: this.#items,
      executionCount: this.#runs,
      success: this.#success,
      fail: this.#fail,
      queue: this.#queue,
      computeInput: this.#computeInput,
      computeInfer: this.#computeInfer,
      computeOutput: this.#computeOutput,
      cacheHit: zero,
      cacheMiss: zero,
      batches,
    };
  }

  /** A run's answers all say what it took: the first of them counts. */
  #isNew(run: string): boolean {
    if (this.#seen.has(run)) return false;
    this.#seen.add(run);
    if (this.#seen.size > RUNS) this.#seen.delete(this.#seen.values().next().value!);
    return true;
  }

  #ran(size: number, { inputMs, inferMs, outputMs }: RunTimes): void {
    this.#runs++;
    const batch = this.#batches.get(size) ?? { computeInput: zero, computeInfer: zero, computeOutput: zero };
    if (!this.#batches.has(size) && this.#batches.size >= SIZES) return;
    this.#batches.set(size, {
      computeInput: more(batch.computeInput, inputMs),
      computeInfer: more(batch.computeInfer, inferMs),
      computeOutput: more(batch.computeOutput, outputMs),
    });
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
