import type { Tensor } from "../../protocol/dtypes.js";

/**
 * What runs a model: "wasm" is onnxruntime-web, safe to kill in a thread; "native" is onnxruntime-node, faster; "function"
 * is a module of one's own.
 */
export type RuntimeName = "wasm" | "native" | "function";

/** A tensor of texts, or of bytes that are no text (V2: BYTES); row-major, as all tensors are. */
export interface TextTensor {
  readonly dtype: "string";
  readonly shape: readonly number[];
  readonly data: readonly (string | Uint8Array)[];
}

/** What a model takes and gives. */
export type ModelTensor = Tensor | TextTensor;

/** What a request or an answer says beside its tensors: the parameters of V2. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** One inference. */
export interface ModelRequest {
  readonly inputs: Readonly<Record<string, ModelTensor>>;
  /** The outputs that are wanted. Default, and where the list is empty: all. */
  readonly outputs?: readonly string[];
  /** For models that read them; ONNX models do not. */
  readonly parameters?: Parameters;
  /** The answer of a `Model` actor says where its time went: `times`. Default false. */
  readonly timed?: boolean;
}

/** Where the time of a request went, ms. What is left of what its caller waited it stood in line, or was on its way. */
export interface RunTimes {
  /** Making the runtime's inputs: reading the request, stacking those of a batch. */
  readonly inputMs: number;
  /** Running the model. */
  readonly inferMs: number;
  /** Taking a batch's outputs apart. */
  readonly outputMs: number;
  /** Where it ran together with others: the run, and how many items it carried. */
  readonly batch?: { readonly id: string; readonly size: number };
}

/** What it brought: the outputs that were asked for. */
export interface ModelAnswer {
  readonly outputs: Readonly<Record<string, ModelTensor>>;
  readonly parameters?: Parameters;
  /** Where it was asked for, by `timed`. */
  readonly times?: RunTimes;
}

/** An input or output that a model declares. */
export interface ModelPort {
  readonly name: string;
  /** An ONNX element type; types without a `ModelTensor` form (complex64, …) are listed but cannot be run. */
  readonly dtype: string;
  /** Per dimension: a size, the model's name for a size that varies, or null where it varies without a name. */
  readonly shape: readonly (number | string | null)[];
}

/** What is known of a model without running it. */
export interface ModelDescription {
  readonly runtime: RuntimeName;
  /** As V2 names it: "onnxruntime_onnx"; "holdfast_function" for a module of one's own. */
  readonly platform: string;
  /** Why it runs there, where that was chosen: "onnxruntime-node is installed". */
  readonly why?: string;
  /** It has run once, on zeros, before it was ready: the first request is answered as fast as the others. */
  readonly warm?: boolean;
  /** It keeps a state per sequence: a request names its sequence (`sequence_id`, the key). */
  readonly stateful?: boolean;
  /** Empty where a function declares none: then it takes what it is given. */
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
}

/** Requests that belong together, to a model that remembers. */
export interface LoadedSequence {
  infer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  end(): Promise<void>;
}

/** A loaded model. One per cell, shared by its actors; calls of an ONNX model that overlap run one after the other. */
export interface LoadedModel {
  readonly runtime: RuntimeName;
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  describe(): ModelDescription;
  /**
   * Runs it once. The inputs' bytes may be used again as soon as the promise settles; the outputs are fresh copies.
   * @param outputs the names that are wanted; default, and where the list is empty: all
   * @throws HoldfastError InvalidValue (rejects) when an input is missing, unknown, or not of the declared type and shape,
   *   and for an output that is unknown or named twice
   */
  run(feeds: Readonly<Record<string, ModelTensor>>, outputs?: readonly string[]): Promise<Record<string, ModelTensor>>;
  /**
   * The same with what a request may say beside its tensors.
   * @param signal fires when nobody waits for the answer any more
   * @throws HoldfastError as run() does
   */
  infer(request: ModelRequest, signal?: AbortSignal): Promise<ModelAnswer>;
  /** Of a function that remembers: begins a sequence of requests with a state of its own. */
  sequence?(): LoadedSequence;
  /** Frees the runtime's memory, after the run in progress. Calling it twice is harmless; run() rejects after it. */
  release(): Promise<void>;
}

/** What is looked at in the tensors of a request, beyond dtype and shape. */
export interface CheckOptions {
  /** "refuse": an input of floats with a NaN in it is InvalidValue. Default "allow": it is the model's to deal with. */
  readonly nan?: "allow" | "refuse";
  /**
   * "agree" (default): sizes to which the model gives one name, such as "batch", are equal in all inputs. "free": they are
   * not compared, for models that name different sizes alike.
   */
  readonly dims?: "agree" | "free";
}

export interface OpenOptions extends CheckOptions {
  /**
   * "auto" (default): "native" where onnxruntime-node is installed and this is not a worker thread, else "wasm".
   */
  readonly runtime?: "wasm" | "native" | "auto";
  /** Why this runtime, where it was chosen before; for its description. Default: what "auto" found. */
  readonly why?: string;
}
