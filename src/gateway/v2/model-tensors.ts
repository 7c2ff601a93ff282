import { HoldfastError } from "../../errors.js";
import type { TensorData } from "../../protocol/dtypes.js";
import { datatypeOf, dtypeFor } from "../../protocol/v2/datatypes.js";
import type { V2Tensor } from "../../protocol/v2/infer-request.js";
import type { ModelTensor } from "../../serving/runtimes/model.js";

/** The tensors of a request as a model takes them. Elements of BYTES that are text arrive as text, others as bytes. */
export function toModel(tensors: readonly V2Tensor[]): Record<string, ModelTensor> {
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, modelTensor(tensor)]));
}

function modelTensor({ datatype, shape, data }: V2Tensor): ModelTensor {
  if (datatype !== "BYTES") return { dtype: dtypeFor(datatype), shape, data: data as TensorData };
  return { dtype: "string", shape, data: (data as readonly Uint8Array[]).map(textOrBytes) };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const toBytes = new TextEncoder();

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

/**
 * An output of a model as V2 has it.
 * @throws HoldfastError HandlerFailed for an element type that V2 has no name for: the model's answer, not the caller's fault
 */
export function fromModel(name: string, tensor: ModelTensor): V2Tensor {
  const { shape } = tensor;
  if (tensor.dtype === "string") {
    const data = tensor.data.map((one) => (typeof one === "string" ? toBytes.encode(one) : one));
    return { name, datatype: "BYTES", shape, data };
  }
  const datatype = datatypeOf[tensor.dtype];
  if (datatype === undefined) {
    throw new HoldfastError("HandlerFailed", `output "${name}" is ${String(tensor.dtype)}, which V2 has no name for`);
  }
  return { name, datatype, shape, data: tensor.data };
}
