import { HoldfastError } from "../../errors.js";
import {
  type Dtype,
  dtypes,
  elementsOf,
  isDtype,
  layouts,
  type Tensor,
  type TensorData,
} from "../../protocol/dtypes.js";

/** A tensor of float32, the common case. */
export interface FloatTensor extends Tensor<Float32Array> {
  readonly dtype: "float32";
}

/**
 * Checks that a tensor is what it says, so that a runtime never reads past its bytes.
 * @param name   of the input, for the message
 * @throws HoldfastError InvalidValue
 */
export function checkTensor(name: string, tensor: Tensor): void {
  const { dtype, shape, data } = tensor;
  const found = `input "${name}"`;
  if (!isDtype(dtype)) {
    throw invalid(`${found} has dtype ${JSON.stringify(dtype)}: give one of ${dtypes.join(", ")}`);
  }
  if (!Array.isArray(shape) || shape.some((dim) => !Number.isSafeInteger(dim) || dim < 0)) {
    throw invalid(`${found} has shape ${JSON.stringify(shape)}: give whole numbers >= 0, [] for a scalar`);
  }
  // Tags, not instanceof: an array that came from another realm (a vm context, a test runner) is as good.
  const tag = Object.prototype.toString.call(data).slice(8, -1);
  const { name: wanted } = layouts[dtype].make;
  if (tag !== wanted) {
    throw invalid(`${found} is ${dtype} but its data is ${tag}: give ${wanted}`);
  }
  if (data.length !== elementsOf(shape)) {
    throw invalid(
      `${found} has shape [${shape.join(", ")}], which is ${elementsOf(shape)} elements, and ${data.length} in its data`,
    );
  }
}

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
