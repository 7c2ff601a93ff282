/** The public door of `holdfast/onnx`: ONNX models on plain tensors, on whichever runtime is installed. */
export type { Dtype, Tensor, TensorData } from "../../protocol/dtypes.js";
export type { LoadedModel, ModelPort, OpenOptions, RuntimeName } from "./model.js";
export { openModel } from "./open-model.js";
export type { FloatTensor } from "./tensor.js";
