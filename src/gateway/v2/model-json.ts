import type { Dtype } from "../../protocol/dtypes.js";
import { type Datatype, datatypeOf } from "../../protocol/v2/datatypes.js";
import type { ModelStatistics } from "../../serving/repository/model-statistics.js";
import type { ServedDescription } from "../../serving/repository/served-models.js";
import type { ModelPort } from "../../serving/runtimes/model.js";

/** V2's name of a port's element type; one that V2 has no name for is told as the model has it. */
export function datatypeOfPort({ dtype }: ModelPort): Datatype {
  if (dtype === "string") return "BYTES";
  return datatypeOf[dtype as Dtype] ?? (dtype.toUpperCase() as Datatype);
}

/** -1 for a size that varies. */
export function shapeOfPort({ shape }: ModelPort): number[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : -1));
}

/** `GET /v2/models/m` */
export function modelMetadata({ name, versions, platform, inputs, outputs }: ServedDescription) {
  const told = (port: ModelPort) => ({ name: port.name, datatype: datatypeOfPort(port), shape: shapeOfPort(port) });
  return { name, versions, platform, inputs: inputs.map(told), outputs: outputs.map(told) };
}

/**
 * `GET /v2/models/m/config`: the fields of Triton's ModelConfig that clients read. Shapes are whole, batch included, so
 * `max_batch_size` is 0: what batches requests here does so behind the model's back.
 */
export function modelConfig({ name, platform, runtime, version, inputs, outputs }: ServedDescription) {
  const told = (port: ModelPort) => ({
    name: port.name,
    data_type: configType(datatypeOfPort(port)),
    dims: shapeOfPort(port),
  });
  return {
    name,
    platform,
    backend: backendOf(platform, runtime),
    version_policy: { specific: { versions: [Number(version)] } },
    max_batch_size: 0,
    input: inputs.map((port) => ({ ...told(port), format: "FORMAT_NONE" })),
    output: outputs.map(told),
    parameters: { runtime: { string_value: runtime } },
  };
}

/** "onnxruntime_onnx" is served by Triton's backend "onnxruntime". */
function backendOf(platform: string, runtime: string): string {
  return platform.startsWith("onnxruntime") ? "onnxruntime" : runtime;
}

function configType(datatype: Datatype): string {
  return `TYPE_${datatype === "BYTES" ? "STRING" : datatype}`;
}

/** `GET …/stats` */
export function modelStatistics(all: readonly ModelStatistics[]) {
  return { model_stats: all.map(oneStatistics) };
}

function oneStatistics(stats: ModelStatistics) {
  return {
    name: stats.name,
    version: stats.version,
    last_inference: stats.lastInference,
    inference_count: stats.inferenceCount,
    execution_count: stats.executionCount,
    inference_stats: {
      success: stats.success,
      fail: stats.fail,
      queue: stats.queue,
      compute_input: stats.computeInput,
      compute_infer: stats.computeInfer,
      compute_output: stats.computeOutput,
      cache_hit: stats.cacheHit,
      cache_miss: stats.cacheMiss,
    },
    batch_stats: stats.batches.map(({ size, computeInput, computeInfer, computeOutput }) => ({
      batch_size: size,
      compute_input: computeInput,
      compute_infer: computeInfer,
      compute_output: computeOutput,
    })),
  };
}
