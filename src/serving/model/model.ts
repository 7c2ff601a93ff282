import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { PoolRef } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { keyed } from "../../routing/keyed.js";
import { pool } from "../../routing/pool.js";
import { type ActorOptions, type ActorSpec, fork, inline, thread } from "../../system/specs.js";
import type { ChildSpec } from "../../system/unit.js";
import { batchSettings } from "../batching/batch-options.js";
import { isInstalled } from "../runtimes/installed.js";
import type { Model } from "./model-actor.js";
import { factsToQuery, type ModelFacts, modelClass } from "./model-class.js";
import { atOnce, checkModelOptions, type ModelOptions } from "./model-options.js";
import type { ModelProps } from "./model-props.js";
import { type Picked, pickRuntime } from "./pick-runtime.js";
import { keyedOptions } from "./sequence-options.js";

/**
 * A pool of members that each have the model loaded: `infer(request)` and `describe()`. What runs it, and behind which
 * wall, is chosen when it starts.
 *
 *   .onnx ─▶ onnxruntime-node in a process, else onnxruntime-web in a thread
 *   .mjs  ─▶ a module of one's own in a thread: see FunctionModel
 *
 * With `sequences` it is a keyed group instead, an actor per sequence: `ref.with({ key: id }).ask.infer(request)`.
 *
 * @param source an .onnx file or a module, relative to the working directory; or the bytes of an .onnx file
 * @throws HoldfastError InvalidSpec for an option that is none; when it starts, MissingPeer and StartFailed
 * @example
 * import { supervisor, system } from "holdfast";
 * import { model } from "holdfast/serving";
 * const app = await system(supervisor({}, { digits: model("mnist.onnx", { pool: { min: 1, max: 4 } }) }));
 * const { outputs } = await app.refs.digits.ask.infer({ inputs: { image: pixels } });
 */
export function model(source: string | URL | Uint8Array, options: ModelOptions = {}): ChildSpec<PoolRef<Model>> {
  checkModelOptions(options);
  const from = sourceOf(source);
  const { sequences } = options;
  return {
    kind: sequences ? "keyed" : "pool",
    async load() {
      const member = memberOf(from, options, pick(from, options));
      return (sequences ? keyed(member, keyedOptions(sequences)) : pool(member, options.pool)).load();
    },
  };
}

function sourceOf(source: unknown): string | Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (source instanceof URL) return source.protocol === "file:" ? fileURLToPath(source) : source.href;
  if (typeof source === "string" && source !== "") {
    return /^(file|data|node):/.test(source) ? sourceOf(new URL(source)) : resolve(source);
  }
  throw new HoldfastError(
    "InvalidSpec",
    `model() got ${shown(source)}: give the path of an .onnx file or of a module`,
    {
      details: { field: "source" },
    },
  );
}

function pick(source: string | Uint8Array, { runtime = "auto", isolation }: ModelOptions): Picked {
  const named = typeof source === "string" ? source : "the model";
  if (runtime === "function" && typeof source !== "string") {
    throw new HoldfastError("InvalidSpec", "a function comes from a module: give its path, not bytes");
  }
  const installed = { native: isInstalled("onnxruntime-node"), wasm: isInstalled("onnxruntime-web") };
  return pickRuntime({ runtime, isolation, source: named }, installed);
}

function memberOf(source: string | Uint8Array, options: ModelOptions, picked: Picked): ActorSpec<Model> {
  const { runtime, isolation, why } = picked;
  const onnx = runtime !== "function";
  const { nan, dims, warmup, batching, sequences, props: given, limit, idempotent = onnx } = options;
  const concurrency = batching ? atOnce(batchSettings(batching).max) : 1;
  const facts: ModelFacts = {
    limit,
    // Asked again, a sequence would take the same step twice.
    idempotent: idempotent && !sequences,
    borrows: onnx,
    concurrency,
    ...(sequences ? { sequences: onnx ? ("kept" as const) : ("own" as const) } : {}),
  };
  const props: ModelProps = {
    source: onnx || typeof source !== "string" ? source : moduleUrl(source),
    runtime,
    walled: isolation !== "inline",
    ...(why === undefined ? {} : { why }),
    ...(nan === undefined ? {} : { nan }),
    ...(dims === undefined ? {} : { dims }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(batching === undefined ? {} : { batching, idempotent }),
    ...(given === undefined ? {} : { props: given }),
    ...(sequences?.state === undefined ? {} : { state: sequences.state }),
  };
  const actor = options.actor as ActorOptions | undefined;
  if (isolation === "inline") return inline(modelClass(facts), props, actor);
  const module = new URL(`./model-member.js${factsToQuery(facts)}`, import.meta.url);
  return isolation === "thread" ? thread<Model>(module, props, actor) : fork<Model>(module, props, actor);
}

function moduleUrl(source: string): string {
  return /^(data|node|file):/.test(source) ? source : pathToFileURL(source).href;
}
