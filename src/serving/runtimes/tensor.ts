import { HoldfastError } from "../../errors.js";

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  /** The raw 16 bits: Node before 24 has no Float16Array. */
  float16: Uint16Array,
  /** One byte per value, 0 or 1. */
  bool: Uint8Array,
} as const;

/** The element types that cross this border, by ONNX's names. */
export type DType = keyof typeof arrays;

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Plain data: the runtime's own tensor classes never leave the runtime. Row-major; a scalar has shape `[]`. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A tensor of float32, the common case. */
export interface FloatTensor extends Tensor {
  readonly dtype: "float32";
  readonly data: Float32Array;
}

export function isDType(name: string): name is DType {
  return Object.hasOwn(arrays, name);
}

/** How many elements a shape holds: the product of its dimensions, 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  let n = 1;
  for (const dim of shape) n *= dim;
  return n;
}

/**
 * Checks that a tensor is what it says, so that a runtime never reads past its bytes.
 * @param name   of the input, for the message
 * @throws HoldfastError InvalidValue
 */
export function checkTensor(name: string, tensor: Tensor): void {
  const { dtype, shape, data } = tensor;
  const found = `input "${name}"`;
  if (!isDType(dtype)) {
    throw invalid(`${found} has dtype ${JSON.stringify(dtype)}: give one of ${Object.keys(arrays).join(", ")}`);
  }
  if (!Array.isArray(shape) || shape.some((dim) => !Number.isSafeInteger(dim) || dim < 0)) {
    throw invalid(`${found} has shape ${JSON.stringify(shape)}: give whole numbers >= 0, [] for a scalar`);
  }
  // Tags, not instanceof: an array that came from another realm (a vm context, a test runner) is as good.
  const tag = Object.prototype.toString.call(data).slice(8, -1);
  if (tag !== arrays[dtype].name) {
    throw invalid(`${found} is ${dtype} but its data is ${tag}: give ${arrays[dtype].name}`);
  }
  if (data.length !== elementsOf(shape)) {
    throw invalid(
      `${found} has shape [${shape.join(", ")}], which is ${elementsOf(shape)} elements, and ${data.length} in its data`,
    );
  }
}

/** The bits of float16 as Uint16Array, whatever this Node's runtime hands out; everything else as it is. */
export function plainData(dtype: DType, data: ArrayBufferView): TensorData {
  if (dtype === "float16" && !(data instanceof Uint16Array)) {
    return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  }
  return data as TensorData;
}

function invalid(message: string): HoldfastError {
  return new HoldfastError("InvalidValue", message);
}
