/** The public door of `holdfast/onnx`: ONNX models on plain tensors, on whichever runtime is installed. */
export type { LoadedModel, ModelPort, OpenOptions, RuntimeName } from "./model.js";
export { openModel } from "./open-model.js";
export type { DType, FloatTensor, Tensor, TensorData } from "./tensor.js";
