/** The public door of `holdfast/onnx`: ONNX models on plain tensors, on whichever runtime is installed. */
export type { Dtype, Tensor, TensorData } from "../../protocol/dtypes.js";
export type {
  CheckOptions,
  LoadedModel,
  ModelAnswer,
  ModelDescription,
  ModelPort,
  ModelRequest,
  ModelTensor,
  OpenOptions,
  Parameters,
  RuntimeName,
  TextTensor,
} from "./model.js";
export { openModel } from "./open-model.js";
export type { FloatTensor } from "./tensor.js";
