import type { CheckOptions, RuntimeName } from "../runtimes/model.js";
import type { ModelBatching } from "./batched-model.js";
import type { WarmUp } from "./warm-up.js";

/** What a member of a model is given. */
export interface ModelProps extends CheckOptions {
  /** The .onnx file or its bytes; of a function the URL of its module. */
  readonly source: string | Uint8Array;
  readonly runtime: RuntimeName | "auto";
  /** Why that runtime, where it was chosen. */
  readonly why?: string;
  /** It has a thread or process of its own, which it may end. */
  readonly walled?: boolean;
  readonly warmup?: WarmUp;
  /** Requests are run together. */
  readonly batching?: ModelBatching;
  /** They may run again. */
  readonly idempotent?: boolean;
  /** What load() of a function is given. */
  readonly props?: unknown;
  /** Of an ONNX model that keeps sequences: outputs that are the next request's inputs. */
  readonly state?: Readonly<Record<string, string>>;
}
