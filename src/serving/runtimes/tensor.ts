import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import {
  type Dtype,
  dtypes,
  elementsOf,
  isDtype,
  layouts,
  type Tensor,
  type TensorData,
} from "../../protocol/dtypes.js";
import type { ModelTensor, TextTensor } from "./model.js";

/** A tensor of float32, the common case. */
export interface FloatTensor extends Tensor<Float32Array> {
  readonly dtype: "float32";
}

/**
 * Checks that a tensor is what it says, so that a runtime never reads past its bytes.
 * @param found  what it is, for the message: `input "x"`
 * @throws HoldfastError InvalidValue
 */
export function checkTensor(found: string, tensor: ModelTensor): void {
  const { dtype, shape, data } = (tensor ?? {}) as Partial<ModelTensor>;
  if (dtype !== "string" && !isDtype(dtype)) {
    throw invalid(`${found} has dtype ${shown(dtype)}: give one of ${dtypes.join(", ")}, string`);
  }
  if (!Array.isArray(shape) || shape.some((dim) => !Number.isSafeInteger(dim) || dim < 0)) {
    throw invalid(`${found} has shape ${JSON.stringify(shape)}: give whole numbers >= 0, [] for a scalar`);
  }
  if (dtype === "string") checkTexts(found, data);
  else checkArray(found, dtype, data);
  const { length } = data as { length: number };
  if (length !== elementsOf(shape)) {
    throw invalid(
      `${found} has shape [${shape.join(", ")}], which is ${elementsOf(shape)} elements, and ${length} in its data`,
    );
  }
}

function checkTexts(found: string, data: unknown): void {
  if (!Array.isArray(data)) throw invalid(`${found} is string but its data is ${shown(data)}: give a list of texts`);
  const place = data.findIndex((element) => typeof element !== "string" && !(element instanceof Uint8Array));
  if (place >= 0) throw invalid(`${found} has ${shown(data[place])} as element ${place}: give text, or bytes`);
}

function checkArray(found: string, dtype: Dtype, data: unknown): void {
  // Tags, not instanceof: an array that came from another realm (a vm context, a test runner) is as good.
  const tag = Object.prototype.toString.call(data).slice(8, -1);
  const { name: wanted } = layouts[dtype].make;
  if (tag !== wanted) throw invalid(`${found} is ${dtype} but its data is ${tag}: give ${wanted}`);
}

/**
 * The elements as text, which is all that ONNX has: bytes are read as UTF-8.
 * @throws HoldfastError InvalidValue for bytes that are no UTF-8
 */
export function textsOf(name: string, { data }: TextTensor): string[] {
  return data.map((element, place) => {
    if (typeof element === "string") return element;
    try {
      return utf8.decode(element);
    } catch {
      throw invalid(`input "${name}" has bytes as element ${place} that are no UTF-8: the model takes text`);
    }
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bits of float16 as Uint16Array, whatever this Node's runtime hands out; everything else as it is. */
export function plainData(dtype: Dtype, data: ArrayBufferView): TensorData {
  if (dtype === "float16" && !(data instanceof Uint16Array)) {
    return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  }
  return data as TensorData;
}

function invalid(message: string): HoldfastError {
  return new HoldfastError("InvalidValue", message);
}
