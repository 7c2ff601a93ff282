import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { TensorData } from "../../protocol/dtypes.js";
import type { ModelPort, ModelRequest, ModelTensor, Parameters } from "../runtimes/model.js";
import { readTensor } from "./read-tensor.js";

/** A number, a text, or lists of them, one in another as deep as the tensor has dimensions. */
export type Listed = number | bigint | boolean | string | readonly Listed[];

/**
 * What stands for a tensor in a request: itself, an array of one dimension, lists (`[[1, 2], [3, 4]]`), or a shape with its
 * elements. Where no dtype is said, it is the one that the model declares.
 */
export type ModelInput =
  | ModelTensor
  | TensorData
  | Listed
  | { readonly dtype?: string; readonly shape: readonly number[]; readonly data: TensorData | readonly Listed[] };

/** One inference as it may be written by hand; a ModelRequest is one too. */
export interface ModelCall {
  readonly inputs: Readonly<Record<string, ModelInput>>;
  /** The outputs that are wanted. Default, and where the list is empty: all. */
  readonly outputs?: readonly string[];
  /** For models that read them; ONNX models do not. */
  readonly parameters?: Parameters;
  /** The answer says where its time went: `times`. Default false. */
  readonly timed?: boolean;
}

const callKeys: KeysOf<ModelCall> = { inputs: true, outputs: true, parameters: true, timed: true };

/**
 * A request with tensors in the place of what stood for them. What is a tensor already is passed on as it is.
 * @param ports what the model declares; empty where it declares nothing
 * @throws HoldfastError InvalidValue naming the field and the value
 */
export function readRequest(ports: readonly ModelPort[], call: ModelCall): ModelRequest {
  try {
    onlyKnownKeys(call ?? null, callKeys, "the request");
  } catch (error) {
    throw new HoldfastError("InvalidValue", (error as Error).message);
  }
  const { inputs: given, outputs, parameters } = call;
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    const names = ports.map(({ name }) => name).join(", ");
    throw new HoldfastError(
      "InvalidValue",
      `inputs is ${shown(given)}: give an object with a tensor for each input${names && ` (${names})`}`,
    );
  }
  const inputs: Record<string, ModelTensor> = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    inputs[name] = readTensor(`input "${name}"`, value, ports.find((port) => port.name === name)?.dtype);
  }
  return { inputs, ...(outputs ? { outputs } : {}), ...(parameters ? { parameters } : {}) };
}
