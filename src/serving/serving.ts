/** The public door of `holdfast/serving`: what makes an actor a model server. Each piece is usable alone. */

// models
export type { Tensor, TensorData } from "../protocol/dtypes.js";
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
