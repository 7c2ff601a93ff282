/** The public door of `holdfast/serving`: what makes an actor a model server. Each piece is usable alone. */

export type { BreakerEvent } from "../actor/sight.js";
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
// policies of a hop
export { type BreakerOptions, type BreakerStatistics, CircuitBreaker } from "./policies/breaker/breaker.js";
export { type CacheOptions, type CacheStatistics, ResponseCache } from "./policies/cache/response-cache.js";
export type { FailedCall, FallbackOptions, FallbackStatistics } from "./policies/fallback.js";
export { type Guarded, type GuardedCall, type GuardedOptions, guarded } from "./policies/guarded.js";
export type { HedgeOptions, HedgeStatistics } from "./policies/hedge/hedge.js";
export { hop, hopStatistics } from "./policies/hop.js";
export type { HopEvent } from "./policies/hop-events.js";
export type { HopOptions, HopStatistics } from "./policies/hop-options.js";
export { type Part, type PartialAnswer, type PartialOptions, partial } from "./policies/partial.js";
export type { RetryOptions, RetryStatistics } from "./policies/retry/retry.js";
// what runs a model
// repository
export type { VersionPolicy } from "./repository/choice.js";
export type { ModelEvent } from "./repository/model-events.js";
export type { ModelSettings, ModelsOptions } from "./repository/model-settings.js";
export type { CountedTime, ModelStatistics } from "./repository/model-statistics.js";
export { openModels } from "./repository/open-models.js";
export type {
  Availability,
  LoadOptions,
  ModelReadiness,
  ModelState,
  ServedDescription,
  ServedModels,
} from "./repository/served-models.js";
export type { GoldenSample, SwapOptions, SwapOutcome, SwapPhase } from "./repository/swap/swap-options.js";
export type { ProbeOptions } from "./repository/version/probe.js";
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
  RunTimes,
  RuntimeName,
  TextTensor,
} from "./runtimes/model.js";
