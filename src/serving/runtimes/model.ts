import type { Tensor } from "../../protocol/dtypes.js";

/** The ONNX runtimes: "wasm" is onnxruntime-web, safe to kill in a thread; "native" is onnxruntime-node, faster. */
export type RuntimeName = "wasm" | "native";

/** An input or output that a model declares. */
export interface ModelPort {
  readonly name: string;
  /** An ONNX element type; types without a `Tensor` form (string, complex64, …) are listed but cannot be run. */
  readonly dtype: string;
  /** Per dimension: a size, the model's name for a size that varies, or null where it varies without a name. */
  readonly shape: readonly (number | string | null)[];
}

/** A loaded model. One per cell, shared by its actors; calls that overlap are run one after the other. */
export interface LoadedModel {
  readonly runtime: RuntimeName;
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /**
   * Runs it once. The inputs' bytes may be used again as soon as the promise settles; the outputs are fresh copies.
   * @throws HoldfastError InvalidValue (rejects) when an input is missing, unknown, or not of the declared type and shape
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees the runtime's memory, after the run in progress. Calling it twice is harmless; run() rejects after it. */
  release(): Promise<void>;
}

export interface OpenOptions {
  /**
   * "auto" (default): "native" where onnxruntime-node is installed and this is not a worker thread, else "wasm".
   */
  runtime?: RuntimeName | "auto";
}
