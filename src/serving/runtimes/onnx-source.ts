import type { CheckOptions } from "./model.js";

/** A model that is about to be opened. */
export interface OnnxSource extends CheckOptions {
  /** Of the .onnx file. */
  readonly bytes: Uint8Array;
  /** What to call it in errors. */
  readonly source: string;
  /** Why it is opened on this runtime, where that was chosen. */
  readonly why?: string;
}
