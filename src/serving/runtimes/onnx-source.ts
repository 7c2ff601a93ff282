import type { SessionOptions } from "./ort-session.js";

/** A model that is about to be opened. */
export interface OnnxSource extends Omit<SessionOptions, "runtime" | "session"> {
  /** Of the .onnx file. */
  readonly bytes: Uint8Array;
}
