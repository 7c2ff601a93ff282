/** The public door of `holdfast/serving`: what makes an actor a model server. Each piece is usable alone. */

// models
export type { Tensor, TensorData } from "../protocol/dtypes.js";
// batching
export type { ItemCall } from "./batching/batch-item.js";
export type { BatchOptions } from "./batching/batch-options.js";
export { type BatchCall, type Batcher, type BatcherStats, batcher, type RunBatch } from "./batching/batcher.js";
export type { ModelBatching } from "./model/batched-model.js";
export { model } from "./model/model.js";
export { Model, type SharedModel } from "./model/model-actor.js";
export type { ModelOptions } from "./model/model-options.js";
export type { ModelProps } from "./model/model-props.js";
export type { Listed, ModelCall, ModelInput } from "./model/read-request.js";
export type { SequenceOptions } from "./model/sequence-options.js";
export type { WarmUp } from "./model/warm-up.js";
export type { FunctionCall, FunctionModel, FunctionModule, FunctionSequence } from "./runtimes/function-module.js";
export type {
  CheckOptions,
  LoadedModel,
  ModelAnswer,
  ModelDescription,
  ModelPort,
  ModelRequest,
  ModelTensor,
  Parameters,
  RuntimeName,
  TextTensor,
} from "./runtimes/model.js";
