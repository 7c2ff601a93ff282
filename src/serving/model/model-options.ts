import type { Duration } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import type { Isolation } from "../../host/host.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { PoolOptions } from "../../routing/pools/pool-options.js";
import type { ActorOptions } from "../../system/specs.js";
import { batchSettings } from "../batching/batch-options.js";
import type { CheckOptions, RuntimeName } from "../runtimes/model.js";
import type { ModelBatching } from "./batched-model.js";
import { checkSequenceOptions, type SequenceOptions } from "./sequence-options.js";
import type { WarmUp } from "./warm-up.js";

/** How a model is served. */
export interface ModelOptions extends CheckOptions {
  /**
   * What runs it. "auto" (default): "function" for a module (.js, .mjs, .ts); else "native" where onnxruntime-node is
   * installed, else "wasm". Which one it is, and why, stands in its description.
   */
  readonly runtime?: RuntimeName | "auto";
  /** Where its members run. Default: native code in processes ("fork"), WASM and functions in threads. */
  readonly isolation?: Isolation;
  /** How many members, and how they get their mail. Default as for every pool: one, up to as many as cores. */
  readonly pool?: PoolOptions;
  /** Supervision, mailbox and spares of the members. */
  readonly actor?: Omit<ActorOptions, "export" | "cell" | "snapshotEvery">;
  /** The longest one run may take before it counts as hung. Default as for every method. */
  readonly limit?: Duration;
  /** A request whose member died is tried again. Default true for ONNX, false for a function, which may do more than answer. */
  readonly idempotent?: boolean;
  /**
   * Shapes to run it on before it is ready, by input: `{ image: [1, 3, 224, 224] }`. Default: what the model declares, where it
   * declares all but the outermost size. false: it is ready when it is loaded.
   */
  readonly warmup?: WarmUp;
  /**
   * Requests that differ in their outermost size alone are run together: `{ max: 8, delay: "2ms" }`; see docs/batching.md. `max`
   * counts rows as well as requests. For models all of whose inputs and outputs vary there. Default: each runs alone.
   */
  readonly batching?: ModelBatching;
  /** What load() of a function is given: plain data. */
  readonly props?: unknown;
  /** Its requests belong together in sequences, each with a state of its own. Then `pool` says nothing: see `cells`. */
  readonly sequences?: SequenceOptions;
}

const modelKeys: KeysOf<ModelOptions> = {
  nan: true,
  dims: true,
  runtime: true,
  isolation: true,
  pool: true,
  actor: true,
  limit: true,
  idempotent: true,
  warmup: true,
  batching: true,
  props: true,
  sequences: true,
};

const words: { readonly [K in keyof ModelOptions]?: readonly unknown[] } = {
  runtime: ["auto", "native", "wasm", "function"],
  isolation: ["thread", "fork", "inline"],
  nan: ["allow", "refuse"],
  dims: ["agree", "free"],
  idempotent: [true, false],
};

/** @throws HoldfastError InvalidSpec naming the option, its value and what can stand there */
export function checkModelOptions(options: ModelOptions): void {
  onlyKnownKeys(options, modelKeys, "model");
  for (const [key, allowed] of Object.entries(words)) {
    const value = options[key as keyof ModelOptions];
    if (value === undefined || allowed.includes(value)) continue;
    const list = allowed.map((word) => JSON.stringify(word)).join(", ");
    throw invalid(key, `${shown(value)}: give one of ${list}`);
  }
  const { warmup, batching, sequences } = options;
  checkSequenceOptions(sequences);
  if (batching !== undefined) checkBatching(batching);
  if (batching && sequences) {
    throw invalid("batching", "said beside sequences, whose requests wait for each other: leave one of them out");
  }
  if (warmup === undefined || warmup === false) return;
  if (typeof warmup !== "object" || Array.isArray(warmup)) {
    throw invalid("warmup", `${shown(warmup)}: give a shape by input, { image: [1, 3, 224, 224] }, or false`);
  }
  for (const [name, shape] of Object.entries(warmup)) {
    if (Array.isArray(shape) && shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) continue;
    throw invalid(`warmup.${name}`, `${JSON.stringify(shape)}: give a list of sizes`);
  }
}

/** As many requests as one host may execute. */
const mostAtOnce = 1024;
const batchingKeys: KeysOf<ModelBatching> = {
  max: true,
  delay: true,
  maxWeight: true,
  target: true,
  maxWaiting: true,
  maxWaitingWeight: true,
};

function checkBatching(batching: ModelBatching): void {
  onlyKnownKeys(batching, batchingKeys, "model.batching");
  const { max } = batchSettings(batching, "model.batching");
  if (atOnce(max) > mostAtOnce) throw invalid("batching.max", `${max}: give ${mostAtOnce / 2} or less`);
}

/** One batch runs while the next one gathers. */
export function atOnce(max: number): number {
  return 2 * max;
}

function invalid(field: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `model.${field} is ${problem}`, { details: { field: `model.${field}` } });
}
